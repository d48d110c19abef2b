import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { CameraFrame } from "../model.ts";
import type { ShownCameras } from "./ports.ts";

/** Makes a JPEG of the key frame that a fragment begins with; `platform/ffmpeg` does. */
export interface KeyFrames {
  jpegOf(init: Uint8Array, fragment: Uint8Array): Promise<Uint8Array>;
}

/** Frames as single pictures: of video its key frames, each decoded once for all who want it. */
export class Stills {
  readonly #frames: Pick<ShownCameras["frames"], "initOf">;
  readonly #keyFrames: KeyFrames;
  readonly #made = new WeakMap<CameraFrame, Promise<Uint8Array>>();
  readonly #failed = new WeakSet<CameraFrame>();

  constructor(frames: Pick<ShownCameras["frames"], "initOf">, keyFrames: KeyFrames) {
    this.#frames = frames;
    this.#keyFrames = keyFrames;
  }

  /** Refuses `camera.no_picture` for what begins a video, and as whoever decodes it does. */
  of(frame: CameraFrame): Promise<Uint8Array> {
    if (frame.kind === cameras.FRAME_KINDS.jpeg) return Promise.resolve(frame.bytes);
    const known = this.#made.get(frame);
    if (known !== undefined) return known;
    const init = this.#frames.initOf(frame.cameraId);
    if (init === undefined || frame.kind === cameras.FRAME_KINDS.videoInit)
      return Promise.reject(new AppError("camera.no_picture"));
    const made = this.#keyFrames.jpegOf(init.bytes, frame.bytes);
    this.#made.set(frame, made);
    // One that failed is tried once more by whoever asks next: its decoder may have been ended.
    made.catch(() => {
      if (this.#failed.has(frame)) return;
      this.#failed.add(frame);
      this.#made.delete(frame);
    });
    return made;
  }
}
