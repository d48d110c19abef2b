import type { Clock, Logger, Random, Timer } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { WebSocket } from "ws";
import type { ServerEndpoints } from "../endpoints.ts";

export interface FeedTools {
  readonly endpoints: ServerEndpoints;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** For every frame that left. */
  onSent?(): void;
  onRefused?(reason: string): void;
  onFailed?(reason: string): void;
}

const HANDSHAKE_MS = 10_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
/** What waits in our own socket is older than the frame that comes next. */
const MAX_UNSENT_BYTES = 400_000;
const MAX_ANSWER_BYTES = 4_096;

/** The connection of a camera that sends plain JPEG: made again when it ends, and never behind. */
export class CameraFeed {
  readonly #name: string;
  readonly #apiKey: string;
  readonly #tools: FeedTools;
  #socket: WebSocket | undefined;
  #retry: Timer | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(name: string, apiKey: string, tools: FeedTools) {
    this.#name = name;
    this.#apiKey = apiKey;
    this.#tools = tools;
  }

  get connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  start(): void {
    const { endpoints } = this.#tools;
    const socket = new WebSocket(`${endpoints.httpUrl.replace(/^http/, "ws")}${cameras.CAMERAS_FEED_PATH}`, {
      headers: { authorization: `Bearer ${this.#apiKey}` },
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_ANSWER_BYTES,
      perMessageDeflate: false,
      ...(endpoints.caPem === undefined ? {} : { ca: endpoints.caPem }),
    });
    this.#socket = socket;
    socket.on("open", () => {
      this.#failures = 0;
    });
    socket.on("message", (data) => this.#answered(data.toString()));
    socket.on("error", (error) => this.#failed(error.message));
    socket.on("close", (code, reason) => this.#closed(code, reason.toString()));
  }

  /** A frame that cannot leave at once is not sent: the next one is newer. */
  send(jpeg: Uint8Array): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > MAX_UNSENT_BYTES) return;
    socket.send(jpeg, { binary: true }, (error) => {
      if (error == null) this.#tools.onSent?.();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry?.cancel();
    this.#socket?.terminate();
  }

  #answered(text: string): void {
    try {
      const { refused } = JSON.parse(text) as { refused?: unknown };
      if (typeof refused === "string") this.#tools.onRefused?.(refused);
    } catch {
      this.#failed("an answer that is no JSON");
    }
  }

  #failed(reason: string): void {
    if (this.#isStopped) return;
    this.#tools.log.debug({ device: this.#name, reason }, "simulate.connection_failed");
    this.#tools.onFailed?.(reason);
  }

  #closed(code: number, reason: string): void {
    if (this.#isStopped) return;
    if (reason !== "") this.#failed(`closed: ${code} ${reason}`);
    const { clock, random } = this.#tools;
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    this.#retry = clock.after(delayMs * (0.75 + 0.5 * random.ratio()), () => this.start());
  }
}
