import { systemClock, systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  frameKindOf,
  Handshake,
  type KeyBundle,
  NO_CONTENT,
  type PublicBundle,
  type Session,
} from "@gatehouse/secure-channel";
import { WebSocket } from "ws";

/** What a device hears from its gateway in their session. */
export interface GatewayEvents {
  connected(): void;
  acknowledged(seq: string, result: string): void;
  asked(message: { kind: string; requestId: string }): void;
}

const PAUSE_MS = { least: 200, most: 1_500 } as const;

/** A device's connection to its gateway: a session under the gateway's keys at the site, made anew when it breaks. */
export class GatewayWire {
  readonly #url: string;
  readonly #keys: KeyBundle;
  readonly #gateway: PublicBundle;
  readonly #events: GatewayEvents;
  #socket: WebSocket | undefined;
  #handshake: Handshake | undefined;
  #session: Session | undefined;
  #ended = false;

  constructor(url: string, keys: KeyBundle, gateway: PublicBundle, events: GatewayEvents) {
    this.#url = url;
    this.#keys = keys;
    this.#gateway = gateway;
    this.#events = events;
  }

  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  connect(): void {
    if (this.#ended) return;
    const address = new URL("/api/v1/channel", this.#url).href.replace(/^http/, "ws");
    const socket = new WebSocket(address, "gatehouse.sx.v1", { perMessageDeflate: false });
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("open", () => {
      const handshake = new Handshake({ own: this.#keys, peer: this.#gateway, random: systemRandom });
      this.#handshake = handshake;
      socket.send(handshake.hello);
    });
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.#receive(new Uint8Array(data as Buffer));
    });
    socket.on("close", () => {
      this.#session = undefined;
      const spread = PAUSE_MS.most - PAUSE_MS.least;
      setTimeout(() => this.connect(), PAUSE_MS.least + spread * systemRandom.ratio());
    });
  }

  /** An envelope as it is. */
  send(envelope: Uint8Array): void {
    if (this.#session !== undefined) this.#socket?.send(envelope);
  }

  /** What the device signed, in the session: for the gateway to forward. */
  sendSigned(part: Uint8Array): void {
    const message = { contentType: CONTENT_TYPES.meterReading, payload: part, forwarded: true };
    const frame = this.#session?.seal(message, systemClock.monotonicMs());
    if (frame !== undefined) this.#socket?.send(frame);
  }

  drop(): void {
    this.#socket?.terminate();
  }

  end(): void {
    this.#ended = true;
    this.drop();
  }

  #receive(frame: Uint8Array): void {
    const nowMs = systemClock.monotonicMs();
    if (frameKindOf(frame) === "answer") {
      this.#session = this.#handshake?.finish(frame, nowMs);
      const greeting = this.#session?.seal({ contentType: NO_CONTENT, payload: new Uint8Array(0) }, nowMs);
      if (greeting !== undefined) this.#socket?.send(greeting);
      this.#events.connected();
      return;
    }
    const opened = this.#session?.open(frame, nowMs);
    if (opened === undefined) return;
    const message = JSON.parse(Buffer.from(opened.payload).toString());
    if (opened.contentType === CONTENT_TYPES.ack) this.#events.acknowledged(message.seq, message.result);
    else if (opened.contentType === CONTENT_TYPES.control) this.#events.asked(message);
  }
}
