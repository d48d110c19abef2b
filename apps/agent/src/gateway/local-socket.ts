import { type Clock, isAppError, type Logger, type Timer } from "@gatehouse/base";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import type { RawData, WebSocket } from "ws";
import { isRefusedEnvelope, LocalLink, type LocalLinkParts } from "./local-link.ts";
import type { LocalReceipt, Reachable, Site } from "./site.ts";
import { TokenBucket } from "./token-bucket.ts";

/** An envelope of a device at the site; a record of the store holds it whole. */
export const MAX_ENVELOPE_BYTES = 15 * 1024;
/** Until the first envelope of an assigned device. */
const PATIENCE_MS = 10_000;
const PING_EVERY_MS = 30_000;
const MAX_WAITING = 16;
const MAX_REFUSED = 10;
const RATE = { burst: 64, perSecond: 16 } as const;
const CLOSE = { policy: 1008, tryAgain: 1013, replaced: 4000 } as const;

/** One device's WebSocket: a binary message is an envelope, and every one that is kept is acknowledged. */
export class LocalSocket {
  readonly #socket: WebSocket;
  readonly #link: LocalLink;
  readonly #site: Site;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #rate: TokenBucket;
  readonly #timers: Timer[];
  #reachable: Reachable | undefined;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #refused = 0;
  #answersPings = true;

  constructor(socket: WebSocket, parts: LocalLinkParts & { readonly site: Site; readonly log: Logger }) {
    const { clock, site, log } = parts;
    this.#socket = socket;
    this.#clock = clock;
    this.#site = site;
    this.#log = log;
    this.#link = new LocalLink(parts);
    this.#rate = new TokenBucket(RATE.burst, RATE.perSecond, clock.monotonicMs());
    const patience = clock.after(PATIENCE_MS, () => this.#close(CLOSE.policy));
    this.#timers = [patience, clock.every(PING_EVERY_MS, () => this.#ping())];
    socket.on("pong", () => {
      this.#answersPings = true;
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => this.#ended());
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (isBinary) this.#queue(data as Buffer);
      else this.#close(CLOSE.policy);
    });
  }

  #queue(frame: Buffer): void {
    if (++this.#waiting > MAX_WAITING) this.#socket.pause();
    this.#last = this.#last
      .then(() => this.#take(frame))
      .catch((error: unknown) => {
        if (!isAppError(error, "server.busy"))
          this.#log.error({ reason: String(error) }, "gateway.frame_failed");
        this.#close(CLOSE.tryAgain);
      })
      .finally(() => {
        if (--this.#waiting <= MAX_WAITING) this.#socket.resume();
      });
  }

  async #take(frame: Buffer): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#rate.take(this.#clock.monotonicMs())) return this.#refuse();
    let heard: ReturnType<LocalLink["receive"]>;
    try {
      heard = this.#link.receive(new Uint8Array(frame));
    } catch (error) {
      if (!isRefusedEnvelope(error)) throw error;
      return this.#refuse();
    }
    if (heard.kind === "answer") {
      this.#socket.send(heard.frame, { binary: true });
      return;
    }
    this.#timers[0]?.cancel();
    this.#join();
    if (heard.kind !== "greeting") this.#acknowledge(await this.#site.take(heard, "websocket"));
  }

  #join(): void {
    const { device } = this.#link;
    if (device === undefined || this.#reachable !== undefined) return;
    this.#reachable = {
      deviceId: device.deviceId,
      ask: (message) => this.#send(CONTENT_TYPES.control, message),
      close: () => this.#close(CLOSE.replaced),
    };
    this.#site.join(this.#reachable);
  }

  /** In the session where there is one; else in clear, as the server does, for it holds nothing that is not seen anyway. */
  #acknowledge(receipt: LocalReceipt): void {
    if (!this.#send(CONTENT_TYPES.ack, receipt)) this.#socket.send(JSON.stringify(receipt));
  }

  #send(contentType: (typeof CONTENT_TYPES)["ack" | "control"], message: object): boolean {
    const frame = this.#link.seal(contentType, Buffer.from(JSON.stringify(message)));
    if (frame === undefined || this.#socket.readyState !== this.#socket.OPEN) return false;
    this.#socket.send(frame, { binary: true });
    return true;
  }

  #refuse(): void {
    this.#site.countRefusal();
    if (++this.#refused > MAX_REFUSED) this.#close(CLOSE.policy);
    else if (this.#socket.readyState === this.#socket.OPEN)
      this.#socket.send(JSON.stringify({ result: "refused", code: "envelope.refused" }));
  }

  #ping(): void {
    if (!this.#answersPings) this.#socket.terminate();
    this.#answersPings = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #close(code: number): void {
    this.#socket.close(code);
    const cut = this.#clock.after(1_000, () => this.#socket.terminate());
    this.#socket.once("close", () => cut.cancel());
  }

  #ended(): void {
    for (const timer of this.#timers) timer.cancel();
    if (this.#reachable !== undefined) this.#site.leave(this.#reachable);
    this.#link.end();
  }
}
