import type { Playhead } from "./playhead.ts";
import { type Fragment, VideoBuffer } from "./video-buffer.ts";

/** What has one initialisation; times inside it count from its start. */
interface Played {
  readonly id: string;
  readonly startMs: number;
}

/** Where the parts of H.264 recordings come from. */
interface VideoSource<S> {
  initOf(segment: S, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Fragments of a chunk that is there, in order. */
  fragmentsOf(segment: S, chunk: number): readonly Fragment[];
}

/** The element's own clock may be so far from the playhead before it is set right. */
const DRIFT_S = 0.25;
const MAX_RATE = 16;

/** Shows an H.264 recording at the playhead; the element plays by itself, the playhead says where and how fast. */
export class VideoScreen<S extends Played> {
  readonly #video: HTMLVideoElement;
  readonly #reel: VideoSource<S>;
  readonly #playhead: Playhead;
  readonly #onFailed: () => void;
  #failedId: string | undefined;
  #current: { readonly segment: S; readonly buffer: VideoBuffer } | undefined;

  constructor(video: HTMLVideoElement, reel: VideoSource<S>, playhead: Playhead, onFailed: () => void) {
    this.#video = video;
    this.#reel = reel;
    this.#playhead = playhead;
    this.#onFailed = onFailed;
  }

  /** False when this browser cannot play the recording. */
  async show({ segment, chunk }: { readonly segment: S; readonly chunk: number }): Promise<boolean> {
    if (this.#failedId === segment.id) return false;
    if (this.#current?.segment.id !== segment.id && !(await this.#open(segment))) return false;
    for (const near of [chunk, chunk + 1, chunk + 2])
      this.#current?.buffer.append(this.#reel.fragmentsOf(segment, near), this.#wantedS());
    this.#follow();
    return true;
  }

  hide(): void {
    if (this.#current === undefined) return;
    this.#current.buffer.close();
    this.#current = undefined;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  async #open(segment: S): Promise<boolean> {
    const init = await this.#reel.initOf(segment, new AbortController().signal);
    this.hide();
    if (init === undefined) {
      this.#failedId = segment.id;
      return false;
    }
    const buffer = new VideoBuffer(init, {
      // Until the first fragment is in, there is nowhere to go.
      onAppended: () => this.#follow(),
      onFailed: () => {
        this.#failedId = segment.id;
        this.#onFailed();
      },
    });
    this.#current = { segment, buffer };
    this.#video.src = buffer.url;
    return true;
  }

  /** Media time of the playhead. */
  #wantedS(): number {
    return Math.max(0, (this.#playhead.state.atMs - (this.#current?.segment.startMs ?? 0)) / 1_000);
  }

  #follow(): void {
    const wantedS = this.#wantedS();
    const { isPlaying, isBackwards, isWaiting, speed } = this.#playhead.state;
    const video = this.#video;
    const runs = isPlaying && !isBackwards && !isWaiting;
    if (!runs) {
      video.pause();
      if (Math.abs(video.currentTime - wantedS) > 0.01) video.currentTime = wantedS;
      return;
    }
    video.playbackRate = Math.min(MAX_RATE, speed);
    if (Math.abs(video.currentTime - wantedS) > DRIFT_S * Math.max(1, speed)) video.currentTime = wantedS;
    if (video.paused) void video.play().catch(() => undefined);
  }
}
