import type { Clock, MonotonicMs } from "@gatehouse/base";
import { type Bus, cameras } from "@gatehouse/contract";
import type { RawData, WebSocket } from "ws";
import type { WebSocketProgress } from "../../../platform/http/websocket-progress.ts";
import { TokenBucket } from "../../../platform/throttle/index.ts";
import type { Intake } from "../intake/intake.ts";
import type { FrameSource } from "../intake/source.ts";
import type { FeedLogin, FrameRefusal } from "../ports.ts";

/** RFC 6455 §7.4; from 4000 on our own. */
export const CLOSE = { stopping: 1001, policy: 1008, ended: 4401, stalled: 4408, replaced: 4409 } as const;

/** A frame that is not whole after this long is older than anybody wants. */
const STALLED_AFTER_MS = 10_000;
const PING_AFTER_MS = 30_000;
const SILENT_AFTER_MS = 60_000;
/** Whoever does not answer the closing handshake is cut. */
const CUT_AFTER_MS = 500;
const TELL_EVERY_MS = 1_000;
/** Answers that a camera does not read; it gets none beyond. */
const MAX_UNREAD_BYTES = 16_384;
/** Messages a second that are read at all: four times the most frames there may be. Faster ones wait in the network. */
const READ_PER_SECOND = 4 * cameras.FRAME_LIMITS.framesPerSecond;

export interface FeedSocketParts {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly intake: Intake;
  readonly progress: WebSocketProgress;
  readonly login: FeedLogin;
  readonly via: string;
  readonly address: string;
}

/** One camera's connection: a binary message is a JPEG frame. */
export class FeedSocket {
  readonly login: FeedLogin;
  readonly #socket: WebSocket;
  readonly #parts: FeedSocketParts;
  readonly #source: FrameSource;
  readonly #reading: TokenBucket;
  #heardMs: MonotonicMs;
  #toldMs: MonotonicMs | undefined;
  #isPinged = false;
  #isClosing = false;
  #reason = "closed";

  constructor(socket: WebSocket, parts: FeedSocketParts) {
    const { clock, bus, intake, login, via, address } = parts;
    const { tenantId, deviceId } = login;
    this.login = login;
    this.#socket = socket;
    this.#parts = parts;
    this.#heardMs = clock.monotonicMs();
    this.#reading = new TokenBucket(READ_PER_SECOND, READ_PER_SECOND, clock.monotonicMs());
    this.#source = {
      tenantId,
      cameraId: deviceId,
      way: "websocket",
      via,
      address,
      replaced: () => this.close(CLOSE.replaced, "camera.taken"),
    };
    socket.on("message", (data: RawData, isBinary) => this.#take(data as Buffer, isBinary));
    socket.on("ping", () => this.#heard());
    socket.on("pong", () => this.#heard());
    socket.on("error", (error) => this.#failed(error));
    socket.once("close", () => {
      intake.end(this.#source);
      const atMs = clock.nowMs();
      bus.publish("device.disconnected", { tenantId, deviceId, via, reason: this.#reason, atMs });
    });
    bus.publish("device.connected", { tenantId, deviceId, via, address, atMs: clock.nowMs() });
    intake.begin(this.#source);
  }

  /** Nothing more is taken from now on. */
  close(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#reason = reason;
    this.#parts.intake.end(this.#source);
    this.#socket.close(code, reason);
    const cut = this.#parts.clock.after(CUT_AFTER_MS, () => this.#socket.terminate());
    this.#socket.once("close", () => cut.cancel());
  }

  /** Called every second. */
  check(): void {
    if (this.#isClosing) return;
    const nowMs = this.#parts.clock.monotonicMs();
    const { sinceMs } = this.#parts.progress;
    if (sinceMs !== undefined && nowMs - sinceMs >= STALLED_AFTER_MS) {
      this.#refuse("frame.truncated", "stalled within a message");
      this.close(CLOSE.stalled, "frame.truncated");
    } else if (nowMs - this.#heardMs >= SILENT_AFTER_MS) this.close(CLOSE.stalled, "connection.silent");
    else if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.close(CLOSE.policy, "slow");
    else if (nowMs - this.#heardMs >= PING_AFTER_MS && !this.#isPinged) {
      this.#isPinged = true;
      this.#socket.ping();
    }
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return;
    this.#heard();
    this.#pace();
    // Some sketches introduce themselves in words.
    if (!isBinary) {
      this.#refuse("message.malformed", "text");
      return;
    }
    const refusal = this.#parts.intake.take(this.#source, {
      kind: cameras.FRAME_KINDS.jpeg,
      bytes: data,
    });
    if (refusal !== undefined) this.#tell(refusal);
  }

  /** What comes faster than it is read waits at the camera. */
  #pace(): void {
    const { clock } = this.#parts;
    if (this.#reading.take(clock.monotonicMs())) return;
    this.#socket.pause();
    clock.after(1_000 / READ_PER_SECOND, () => this.#socket.resume());
  }

  #heard(): void {
    this.#heardMs = this.#parts.clock.monotonicMs();
    this.#isPinged = false;
  }

  #failed(error: Error & { readonly code?: unknown }): void {
    const code = String(error.code);
    this.#reason = "network";
    if (!code.startsWith("WS_ERR_")) return;
    // What `ws` does not read is no WebSocket, or one message in far too many pieces.
    const refusal = code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" ? "frame.too_large" : "message.malformed";
    this.#reason = refusal;
    this.#refuse(refusal, code);
  }

  #refuse(code: FrameRefusal, detail?: string): void {
    this.#parts.intake.refuse(this.#source, code, detail);
    this.#tell(code);
  }

  /** At most once a second, so that a flood does not come back as one. */
  #tell(code: FrameRefusal): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#toldMs !== undefined && nowMs - this.#toldMs < TELL_EVERY_MS) return;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#toldMs = nowMs;
    this.#socket.send(JSON.stringify({ refused: code }));
  }
}
