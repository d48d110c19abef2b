import type { Frame } from "@gatehouse/video";
import { videoTypeOf } from "../../cameras/video-type.ts";

/** What is further behind the picture than this may go. */
const KEPT_S = 20;

/** Begins with a key frame. */
export type Fragment = Pick<Frame, "offsetMs" | "bytes">;

export interface VideoBufferEvents {
  readonly onAppended: () => void;
  readonly onFailed: () => void;
}

/**
 * An H.264 recording in a video element (Media Source Extensions). Media time is the time since the segment's start;
 * each fragment begins with a key frame, so that any of them can be appended first.
 */
export class VideoBuffer {
  readonly url: string;
  readonly #source = new MediaSource();
  readonly #appended = new Set<number>();
  readonly #events: VideoBufferEvents;
  #queue: Fragment[] = [];
  #buffer: SourceBuffer | undefined;
  #currentS = 0;

  /** `init`: the segment's `ftyp` and `moov`. */
  constructor(init: Uint8Array, events: VideoBufferEvents) {
    this.#events = events;
    this.url = URL.createObjectURL(this.#source);
    this.#source.addEventListener("sourceopen", () => this.#open(init), { once: true });
  }

  append(fragments: readonly Fragment[], currentS: number): void {
    this.#currentS = currentS;
    for (const fragment of fragments) {
      if (this.#appended.has(fragment.offsetMs)) continue;
      this.#appended.add(fragment.offsetMs);
      this.#queue.push(fragment);
    }
    this.#drain();
  }

  close(): void {
    this.#queue = [];
    this.#buffer = undefined;
    URL.revokeObjectURL(this.url);
  }

  #open(init: Uint8Array): void {
    const type = videoTypeOf(init);
    if (type === undefined || !MediaSource.isTypeSupported(type)) {
      this.#events.onFailed();
      return;
    }
    try {
      const buffer = this.#source.addSourceBuffer(type);
      // The times inside are the camera's own; the frame's place in the segment counts instead.
      buffer.mode = "sequence";
      buffer.addEventListener("updateend", () => {
        this.#events.onAppended();
        this.#drain();
      });
      buffer.addEventListener("error", () => this.#events.onFailed());
      this.#buffer = buffer;
      buffer.appendBuffer(init.slice());
    } catch {
      this.#events.onFailed();
    }
  }

  #drain(): void {
    const buffer = this.#buffer;
    if (buffer === undefined || buffer.updating || this.#source.readyState !== "open") return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    try {
      buffer.timestampOffset = next.offsetMs / 1_000;
      buffer.appendBuffer(next.bytes.slice());
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      if (isFull) this.#makeRoom(buffer, next);
      else this.#events.onFailed();
    }
  }

  /** Forgets what has been shown; it is appended again when somebody goes back. */
  #makeRoom(buffer: SourceBuffer, next: Fragment): void {
    const untilS = this.#currentS - KEPT_S;
    this.#queue = untilS > 0 ? [next, ...this.#queue] : [];
    if (untilS <= 0) return;
    for (const offsetMs of this.#appended) if (offsetMs / 1_000 < untilS) this.#appended.delete(offsetMs);
    buffer.remove(0, untilS);
  }
}
