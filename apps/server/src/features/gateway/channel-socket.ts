import type { Duplex } from "node:stream";
import type { Clock, ErrorCode, Logger, MonotonicMs, Timer } from "@gatehouse/base";
import { type Bus, channel, type devices } from "@gatehouse/contract";
import type { RawData, WebSocket } from "ws";
import type { WebSocketProgress } from "../../platform/http/websocket-progress.ts";
import { commandText } from "./adapters/index.ts";
import type { Attendance } from "./attendance.ts";
import type { Via } from "./connection.ts";
import { type Envelopes, type Outcome, toldCode } from "./envelopes.ts";
import { MQTT_LIMITS } from "./limits.ts";
import type { Pacer } from "./pacer.ts";
import type { ChannelLink, CommandSource, FrameDesk, SecureChannel } from "./ports.ts";
import type { Refusals } from "./refusals.ts";
import { Refused } from "./refused.ts";

/** Frames that wait on one socket before it is not read any more. */
const MAX_WAITING = 64;
const MAX_WAITING_BYTES = 4 * 1_048_576;
/** A message that has been on its way through this many checks is not coming any more. */
const STALLED_CHECKS = 10;
const TELL_FRAME_EVERY_MS = 1_000;
/** A peer whose frames are refused again and again has nothing to say. */
const MAX_REFUSED = 20;
export const CLOSE = { policy: 1008, tryAgain: 1013, stopping: 1001 } as const;

export interface ChannelSocketParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly channel: SecureChannel;
  readonly envelopes: Envelopes;
  readonly pacer: Pacer;
  /** By address, until a device is known. */
  readonly strangers: Pacer;
  readonly attendance: Attendance;
  readonly refusals: Refusals;
  readonly commands: CommandSource;
  readonly frames: Pick<FrameDesk, "mayCome">;
}

/** An upgraded connection, and the bytes below its messages. */
export interface ChannelPlace {
  readonly via: Via;
  readonly address: string;
  readonly progress: WebSocketProgress;
  readonly stream: Duplex;
}

export interface Owner {
  readonly tenantId: string;
  readonly deviceId: string;
}

export interface SocketEvents {
  /** The first session of a device is live. */
  began(owner: Owner): void;
  ended(): void;
}

/** One socket: its messages in their order, and what goes back. */
export class ChannelSocket {
  readonly via: Via;
  readonly address: string;
  /** Whose session is live here. */
  owner: Owner | undefined;
  readonly #socket: WebSocket;
  readonly #parts: ChannelSocketParts;
  readonly #link: ChannelLink;
  readonly #events: SocketEvents;
  readonly #patience: Timer;
  #last: Promise<void> = Promise.resolve();
  readonly #progress: WebSocketProgress;
  /** Whose HELLO was answered: nothing more is known of who is there until the session is used. */
  #greeted: string | undefined;
  #waiting = 0;
  #waitingBytes = 0;
  #refused = 0;
  #stalled: { readonly sinceMs: MonotonicMs; readonly checks: number } | undefined;
  #frameToldMs: MonotonicMs | undefined;

  constructor(socket: WebSocket, parts: ChannelSocketParts, place: ChannelPlace, events: SocketEvents) {
    const { via, address, progress, stream } = place;
    this.#socket = socket;
    this.#parts = parts;
    this.#progress = progress;
    this.via = via;
    this.address = address;
    this.#events = events;
    this.#link = parts.channel.connect();
    this.#patience = parts.clock.after(MQTT_LIMITS.connectTimeoutMs, () => this.close(CLOSE.policy));
    stream.on("data", () => this.#assertSize());
    socket.on("message", (data: RawData, isBinary) => {
      if (isBinary) this.#queue(data as Buffer);
      else this.close(CLOSE.policy);
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#patience.cancel();
      parts.envelopes.end(this.#link);
      events.ended();
    });
  }

  /** Through the live session; a device that is away gets the command when it comes back. */
  send(command: devices.Command): void {
    const frame = this.#link.seal(command.deviceId, "command", Buffer.from(commandText(command)));
    if (frame === undefined) return;
    this.#socket.send(frame, { binary: true }, (error) => {
      if (error) return;
      this.#parts.commands
        .delivered(command.id)
        .catch((err: unknown) => this.#parts.log.error({ err, commandId: command.id }, "command.not_noted"));
    });
  }

  sendControl(deviceId: string, payload: Uint8Array): boolean {
    const frame = this.#link.seal(deviceId, "control", payload);
    if (frame === undefined) return false;
    this.#socket.send(frame, { binary: true });
    return true;
  }

  close(code: number): void {
    this.#socket.close(code);
    const cut = this.#parts.clock.after(1_000, () => this.#socket.terminate());
    this.#socket.once("close", () => cut.cancel());
  }

  /** Called every second: a message that stops half-way ends the connection, unless it is we who do not read. */
  check(): void {
    const { sinceMs } = this.#progress;
    if (sinceMs === undefined || this.#socket.isPaused) this.#stalled = undefined;
    else if (this.#stalled?.sinceMs !== sinceMs) this.#stalled = { sinceMs, checks: 1 };
    else this.#stalled = { sinceMs, checks: this.#stalled.checks + 1 };
    if (this.#stalled?.checks !== STALLED_CHECKS + 1) return;
    this.#parts.refusals.add(new Refused("message.malformed", "stalled within a message"), this.#by());
    this.#socket.terminate();
  }

  /** Only from whom frames can come, a message may be as large as one: seen before it is whole. */
  #assertSize(): void {
    if (this.#progress.messageBytes <= MQTT_LIMITS.packetBytes) return;
    const from = this.owner?.deviceId ?? this.#greeted;
    if (from !== undefined && this.#parts.frames.mayCome(from)) return;
    this.#parts.refusals.add(new Refused("message.too_large", "before its end"), this.#by());
    this.#socket.terminate();
  }

  /**
   * One after the other, in order; while many wait, nothing more is read. What a gateway passes on is of many devices: it is
   * begun in order, and none waits until the one before is stored.
   */
  #queue(frame: Buffer): void {
    this.#waiting++;
    this.#waitingBytes += frame.length;
    if (this.#isFull()) this.#socket.pause();
    const begun = this.#last.then(() => this.#turn()).then(() => ({ taken: this.#take(frame) }));
    const done = begun
      .then(({ taken }) => taken)
      .catch((error: unknown) => {
        this.#parts.log.warn({ err: error }, "channel.frame_failed");
        this.close(CLOSE.tryAgain);
      })
      .finally(() => {
        this.#waiting--;
        this.#waitingBytes -= frame.length;
        if (this.#socket.isPaused && !this.#isFull()) this.#socket.resume();
      });
    const isOfAnother = this.owner !== undefined && channel.isPassedOn(frame);
    this.#last = isOfAnother ? begun.then(ignore, ignore) : done;
  }

  #isFull(): boolean {
    return this.#waiting >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES;
  }

  /** The rate of the address before anything is authentic, the device's after. */
  #turn(): Promise<void> | undefined {
    const { owner, address } = this;
    const pacer = owner === undefined ? this.#parts.strangers : this.#parts.pacer;
    const lane = owner?.deviceId ?? address;
    if (pacer.take(lane)) return undefined;
    if (!pacer.isWaiting(lane))
      this.#parts.refusals.add(new Refused("message.rate_limited", "slowed down, nothing lost"), this.#by());
    return new Promise((resolve) => pacer.wait(lane, resolve));
  }

  async #take(frame: Buffer): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const outcome = await this.#parts.envelopes.take(this.#link, frame, this.#by());
    const { deviceId, tenantId } = outcome;
    if (this.owner === undefined && deviceId !== undefined && tenantId !== undefined) {
      if (this.#link.hasSession(deviceId)) {
        this.owner = { tenantId, deviceId };
        this.#patience.cancel();
        this.#events.began(this.owner);
      } else if (outcome.result === "stored") this.#patience.cancel();
    }
    if (outcome.result === "answer") {
      this.#greeted = outcome.deviceId;
      this.#socket.send(outcome.frame, { binary: true });
    } else if (outcome.result === "frame") this.#tellOfFrame(outcome, frame);
    else this.#acknowledge(outcome, frame);
  }

  /** Frames are not acknowledged one by one, and of those that are refused the sender hears once a second. */
  #tellOfFrame({ code, ...owner }: Extract<Outcome, { result: "frame" }>, frame: Buffer): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (code === undefined || nowMs - (this.#frameToldMs ?? Number.NEGATIVE_INFINITY) < TELL_FRAME_EVERY_MS)
      return;
    this.#frameToldMs = nowMs;
    this.#say(frame, owner.deviceId, { result: "refused", code });
  }

  #acknowledge(outcome: Exclude<Outcome, { result: "answer" | "frame" }>, frame: Buffer): void {
    const { result, deviceId } = outcome;
    // What is wrong with somebody else's message is not its carrier's doing.
    if (result === "refused" && !(this.owner && channel.isPassedOn(frame)) && ++this.#refused > MAX_REFUSED) {
      this.close(CLOSE.policy);
      return;
    }
    const code = result === "refused" ? { code: toldCode(outcome.refused) } : {};
    this.#say(frame, deviceId, { result, ...code });
  }

  #say(
    frame: Buffer,
    deviceId: string | undefined,
    said: { readonly result: string; readonly code?: ErrorCode },
  ): void {
    const serverTimeMs = this.#parts.clock.nowMs();
    const sender = channel.frameSender(frame);
    const keyId = sender === undefined ? {} : { keyId: sender };
    const text = JSON.stringify({ seq: channel.frameSequence(frame), ...keyId, ...said, serverTimeMs });
    // What a gateway passed on is acknowledged in the gateway's session.
    const to = deviceId !== undefined && this.#link.hasSession(deviceId) ? deviceId : this.owner?.deviceId;
    const sealed = to && this.#link.seal(to, "ack", Buffer.from(text));
    if (sealed) this.#socket.send(sealed, { binary: true });
    else this.#socket.send(text);
  }

  #by() {
    return { via: this.via, address: this.address, ...this.owner };
  }
}

/** A failure is told where the frame itself is awaited. */
const ignore = (): void => {};
