import { cameras } from "@gatehouse/contract";
import type { LiveFrame } from "../../data/camera-live.ts";
import { videoTypeOf } from "./video-type.ts";

/** Further behind than this, playback jumps to the newest picture. */
const BEHIND_SECONDS = 1.5;
const LEAD_SECONDS = 0.2;
/** Older pictures are forgotten. */
const KEPT_SECONDS = 8;
/** What waits to be taken by the browser; beyond it the oldest fragments go. */
const MAX_WAITING = 4;

interface Job {
  readonly frame: LiveFrame;
  readonly done: () => void;
}

/**
 * H.264 in fMP4 through Media Source Extensions. Fragments follow each other without gaps ("sequence"), whatever
 * was left out between them, and playback stays at their end.
 */
export class VideoPlayer {
  readonly #video: HTMLVideoElement;
  readonly #onShown: (frame: LiveFrame) => void;
  #source: MediaSource | undefined;
  #buffer: SourceBuffer | undefined;
  #address: string | undefined;
  #waiting: Job[] = [];
  #current: Job | undefined;

  constructor(video: HTMLVideoElement, onShown: (frame: LiveFrame) => void) {
    this.#video = video;
    this.#onShown = onShown;
  }

  /** `done` runs once for each: when the browser has taken it, or it was left out. */
  show(frame: LiveFrame, done: () => void): void {
    if (frame.kind === cameras.FRAME_KINDS.videoInit) this.#begin({ frame, done });
    else if (this.#source === undefined) done();
    else this.#enqueue({ frame, done });
  }

  end(): void {
    for (const { done } of this.#waiting) done();
    this.#waiting = [];
    this.#current?.done();
    this.#current = undefined;
    this.#buffer = undefined;
    this.#source = undefined;
    this.#video.removeAttribute("src");
    this.#video.load();
    if (this.#address !== undefined) URL.revokeObjectURL(this.#address);
    this.#address = undefined;
  }

  /** Another initialisation is another stream: the size or the camera behind it may have changed. */
  #begin(job: Job): void {
    this.end();
    const type = videoTypeOf(new Uint8Array(job.frame.bytes));
    if (type === undefined || !MediaSource.isTypeSupported(type)) {
      job.done();
      return;
    }
    const source = new MediaSource();
    this.#source = source;
    this.#address = URL.createObjectURL(source);
    this.#waiting = [job];
    this.#video.src = this.#address;
    source.addEventListener("sourceopen", () => {
      if (source !== this.#source) return;
      const buffer = source.addSourceBuffer(type);
      buffer.mode = "sequence";
      buffer.addEventListener("updateend", () => this.#taken(buffer));
      this.#buffer = buffer;
      this.#work();
    });
  }

  #enqueue(job: Job): void {
    this.#waiting.push(job);
    while (this.#waiting.length > MAX_WAITING) {
      const oldest = this.#waiting.findIndex(({ frame }) => frame.kind === cameras.FRAME_KINDS.videoFragment);
      for (const { done } of this.#waiting.splice(oldest, 1)) done();
    }
    this.#work();
  }

  #work(): void {
    const buffer = this.#buffer;
    if (buffer === undefined || buffer.updating || this.#current !== undefined) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#current = job;
    try {
      buffer.appendBuffer(job.frame.bytes);
    } catch {
      // A stream that the browser gave up on: the next initialisation begins anew.
      this.end();
    }
  }

  #taken(buffer: SourceBuffer): void {
    if (buffer !== this.#buffer) return;
    const job = this.#current;
    this.#current = undefined;
    if (job !== undefined) {
      if (job.frame.kind === cameras.FRAME_KINDS.videoFragment) this.#onShown(job.frame);
      job.done();
    }
    this.#follow(buffer);
    this.#work();
  }

  #follow(buffer: SourceBuffer): void {
    const { buffered } = buffer;
    if (buffered.length === 0) return;
    const end = buffered.end(buffered.length - 1);
    const begin = buffered.start(0);
    const video = this.#video;
    if (end - video.currentTime > BEHIND_SECONDS || video.currentTime < begin)
      video.currentTime = Math.max(begin, end - LEAD_SECONDS);
    if (video.paused) void video.play().catch(() => undefined);
    if (!buffer.updating && end - begin > 2 * KEPT_SECONDS) buffer.remove(begin, end - KEPT_SECONDS);
  }
}
