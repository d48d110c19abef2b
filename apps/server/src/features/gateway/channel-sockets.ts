import type { Timer } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type ChannelPlace,
  ChannelSocket,
  type ChannelSocketParts,
  CLOSE,
  type Owner,
} from "./channel-socket.ts";

export const CHANNEL_SUBPROTOCOL = "gatehouse.sx.v1";

/** A camera's frame, the header in front of it, and what sealing adds. */
const FRAME_MESSAGE_BYTES = cameras.FRAME_LIMITS.bytes + 1_024;
const CHECK_EVERY_MS = 1_000;

export const createChannelSocketServer = (): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(CHANNEL_SUBPROTOCOL) ? CHANNEL_SUBPROTOCOL : false),
  });

/** Sockets of the secure channel: one binary message is one frame, and every accepted one is answered. */
export class ChannelSockets {
  readonly #parts: ChannelSocketParts;
  readonly #open = new Set<ChannelSocket>();
  readonly #byDevice = new Map<string, ChannelSocket>();
  readonly #unsubscribe: () => void;
  readonly #timer: Timer;

  constructor(parts: ChannelSocketParts) {
    this.#parts = parts;
    this.#timer = parts.clock.every(CHECK_EVERY_MS, () => {
      for (const socket of this.#open) socket.check();
    });
    this.#unsubscribe = parts.bus.subscribe("command.changed", ({ command }) => {
      if (command.state === "queued") this.#byDevice.get(command.deviceId)?.send(command);
    });
  }

  accept(socket: WebSocket, place: ChannelPlace): void {
    const opened = new ChannelSocket(socket, this.#parts, place, {
      began: (device) => this.#began(opened, device),
      ended: () => this.#ended(opened),
    });
    this.#open.add(opened);
  }

  /** Through the device's live session; false: it has none here. Nothing is kept for later. */
  sendControl(deviceId: string, payload: Uint8Array): boolean {
    return this.#byDevice.get(deviceId)?.sendControl(deviceId, payload) ?? false;
  }

  hasSession(deviceId: string): boolean {
    return this.#byDevice.has(deviceId);
  }

  stop(): void {
    this.#unsubscribe();
    this.#timer.cancel();
    for (const socket of this.#open) socket.close(CLOSE.stopping);
  }

  #began(socket: ChannelSocket, owner: Owner): void {
    const { attendance, bus, clock, commands, log } = this.#parts;
    const { deviceId } = owner;
    this.#byDevice.set(deviceId, socket);
    attendance.arrived(owner, socket);
    bus.publish("device.session_began", { ...owner, atMs: clock.nowMs() });
    commands.pending(deviceId).then(
      (waiting) => {
        for (const command of waiting) socket.send(command);
      },
      (error: unknown) => log.error({ err: error, deviceId }, "command.not_read"),
    );
  }

  #ended(socket: ChannelSocket): void {
    this.#open.delete(socket);
    const { owner, via } = socket;
    if (owner === undefined) return;
    this.#parts.attendance.left(owner, { via, reason: "closed" });
    if (this.#byDevice.get(owner.deviceId) === socket) this.#byDevice.delete(owner.deviceId);
  }
}
