import type { Clock, Logger, MonotonicMs } from "@gatehouse/base";
import type { DeviceChannel } from "@gatehouse/device-client";
import {
  type CameraClipAnswer,
  type CameraWord,
  CLIP_PIECE_BYTES,
  CLIP_PIECE_HEADER_BYTES,
  MAX_CLIP_BYTES,
} from "@gatehouse/device-types/camera-words";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { uuidBytes } from "@gatehouse/video";
import { faultOf } from "../../sensors/files.ts";
import type { ClipFiles } from "./clip-files.ts";
import type { ClipKeys } from "./clip-keys.ts";
import type { Clip, ClipRing } from "./clip-ring.ts";

export interface ClipSenderDeps {
  readonly channel: Pick<DeviceChannel, "isConnected" | "send">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ring: ClipRing;
  readonly files: ClipFiles;
  readonly keys: ClipKeys;
  /** Bytes a second at most; 0: as fast as the line is. */
  readonly bytesPerSecond: number;
  say(word: CameraWord): Promise<string | undefined>;
}

const ANSWER_MS = 20_000;
/** After something that did not work, and longer each time up to the second. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [2_000, 60_000];

/**
 * Brings sealed segments to the server, one at a time and piece by piece; where it stands is the server's to say, so
 * that after a cut, a crash or a restart nothing comes twice and nothing is left out. A segment goes from here when the
 * server has committed it.
 */
export class ClipSender {
  readonly #deps: ClipSenderDeps;
  #running: Promise<void> | undefined;
  #answer: ((answer: CameraClipAnswer) => void) | undefined;
  #offered: string | undefined;
  #failures = 0;
  #notBeforeMs: MonotonicMs = 0;
  #brought = 0;
  #refused = 0;
  #isStopped = false;

  constructor(deps: ClipSenderDeps) {
    this.#deps = deps;
  }

  get counts(): { readonly brought: number; readonly clipsRefused: number } {
    return { brought: this.#brought, clipsRefused: this.#refused };
  }

  /** A session began: there is no reason to wait any more. */
  connected(): void {
    this.#failures = 0;
    this.#notBeforeMs = 0;
    this.tick();
  }

  /** Goes on where there is something to bring. */
  tick(): void {
    const { channel, clock, ring } = this.#deps;
    if (this.#isStopped || !channel.isConnected || clock.monotonicMs() < this.#notBeforeMs) return;
    const clip = ring.nextToSend();
    if (clip === undefined || this.#running !== undefined) return;
    this.#running = this.#bring(clip).finally(() => {
      this.#running = undefined;
    });
  }

  /** The server's word about a segment. */
  take(answer: CameraClipAnswer): void {
    if (answer.segment === this.#offered) this.#answer?.(answer);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#answer?.({ kind: "camera", says: "clip", segment: this.#offered ?? "", result: "later", from: 0 });
    await this.#running;
  }

  async #bring(clip: Clip): Promise<void> {
    const { log, ring } = this.#deps;
    try {
      const result = await this.#offer(clip);
      if (result === "refused") {
        this.#refused++;
        log.error({ segment: clip.id }, "clip.refused");
        await ring.leave([clip.id]);
      } else if (result === "stored") {
        this.#brought++;
        this.#failures = 0;
        await ring.drop(clip.id);
      } else this.#pause();
    } catch (error) {
      log.debug({ segment: clip.id, reason: faultOf(error) }, "clip.waits");
      this.#pause();
    }
  }

  #pause(): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures++, 5));
    this.#notBeforeMs = this.#deps.clock.monotonicMs() + pauseMs;
  }

  async #offer(clip: Clip): Promise<"stored" | "refused" | "later"> {
    const { files, keys, say } = this.#deps;
    const wrapped = await files.readKey(clip.id);
    const key = wrapped && keys.unwrap(clip.id, wrapped);
    if (key === undefined || clip.mark.bytes > MAX_CLIP_BYTES) return "refused";
    const answered = this.#answerFor(clip.id);
    const code = await say({
      kind: "camera",
      says: "clip",
      segment: clip.id,
      bytes: clip.mark.bytes,
      key: Buffer.from(key).toString("base64"),
      manifest: clip.mark.manifest,
    });
    if (code !== undefined) return "later";
    const { result, from } = await answered;
    return result === "send" ? this.#sendFrom(clip, from) : result;
  }

  async #sendFrom({ id, mark }: Clip, from: number): Promise<"stored" | "refused" | "later"> {
    const { bytesPerSecond, channel, clock, files } = this.#deps;
    for (let at = from; at < mark.bytes; at += CLIP_PIECE_BYTES) {
      if (this.#isStopped) return "later";
      const piece = await files.read(id, at, Math.min(mark.bytes, at + CLIP_PIECE_BYTES));
      const payload = new Uint8Array(CLIP_PIECE_HEADER_BYTES + piece.length);
      payload.set(uuidBytes(id) as Uint8Array);
      new DataView(payload.buffer).setUint32(16, at);
      payload.set(piece, CLIP_PIECE_HEADER_BYTES);
      const message = { contentType: CONTENT_TYPES.clipChunk, payload, sentMs: 0 };
      const { result, code } = await channel.send(message);
      // Whole, and not what it should be: sent again it would be no other.
      if (result === "refused") return code === "segment.damaged" ? "refused" : "later";
      if (bytesPerSecond > 0)
        await new Promise<void>((resolve) =>
          clock.after((piece.length / bytesPerSecond) * 1_000, () => resolve()),
        );
    }
    return "stored";
  }

  #answerFor(segment: string): Promise<CameraClipAnswer> {
    const { promise, resolve } = Promise.withResolvers<CameraClipAnswer>();
    this.#offered = segment;
    const timer = this.#deps.clock.after(ANSWER_MS, () =>
      resolve({ kind: "camera", says: "clip", segment, result: "later", from: 0 }),
    );
    this.#answer = (answer) => {
      timer.cancel();
      this.#answer = undefined;
      resolve(answer);
    };
    return promise;
  }
}
