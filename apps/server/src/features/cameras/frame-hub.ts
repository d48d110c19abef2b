import type { Logger, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { CameraFrame } from "./model.ts";

export type FrameListener = (frame: CameraFrame) => void;

/** Gives each frame to whoever wants it, at once and in order. A listener that fails harms no other. */
export class FrameHub {
  readonly #log: Logger;
  readonly #all = new Set<FrameListener>();
  readonly #ofCamera = new Map<Uuid, Set<FrameListener>>();
  readonly #newest = new Map<Uuid, CameraFrame>();
  readonly #init = new Map<Uuid, CameraFrame>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Frames of every camera. Returns the end of it. */
  subscribe(listener: FrameListener): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  /** Frames of one camera. Returns the end of it. */
  subscribeTo(cameraId: Uuid, listener: FrameListener): () => void {
    const listeners = this.#ofCamera.get(cameraId) ?? new Set();
    this.#ofCamera.set(cameraId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#ofCamera.get(cameraId) === listeners) this.#ofCamera.delete(cameraId);
    };
  }

  newest(cameraId: Uuid): CameraFrame | undefined {
    return this.#newest.get(cameraId);
  }

  /** The initialisation that the newest fragments belong to; undefined for a camera that sends pictures. */
  initOf(cameraId: Uuid): CameraFrame | undefined {
    return this.#init.get(cameraId);
  }

  /** Nothing that came until now is shown any more. */
  forget(cameraId: Uuid): void {
    this.#newest.delete(cameraId);
    this.#init.delete(cameraId);
  }

  publish(frame: CameraFrame): void {
    this.#newest.set(frame.cameraId, frame);
    if (frame.kind === cameras.FRAME_KINDS.videoInit) this.#init.set(frame.cameraId, frame);
    else if (frame.kind === cameras.FRAME_KINDS.jpeg) this.#init.delete(frame.cameraId);
    for (const listener of this.#all) this.#tell(listener, frame);
    for (const listener of this.#ofCamera.get(frame.cameraId) ?? []) this.#tell(listener, frame);
  }

  #tell(listener: FrameListener, frame: CameraFrame): void {
    try {
      listener(frame);
    } catch (error) {
      this.#log.error({ err: error, cameraId: frame.cameraId }, "frame.listener_failed");
    }
  }
}
