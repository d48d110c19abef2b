import type { Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { CameraFrame } from "../model.ts";
import { type LiveMessage, liveMessage } from "./message.ts";
import type { ShownCameras } from "./ports.ts";

/** Frames of one camera, for all who watch it: asked of the hub each time, so that what it forgot goes to nobody. */
export class Channel {
  readonly cameraId: Uuid;
  readonly listeners = new Set<() => void>();
  readonly end: () => void;
  readonly #frames: ShownCameras["frames"];
  #newest: LiveMessage | undefined;
  #init: LiveMessage | undefined;

  constructor(cameraId: Uuid, frames: ShownCameras["frames"]) {
    this.cameraId = cameraId;
    this.#frames = frames;
    this.end = frames.subscribeTo(cameraId, () => {
      for (const listener of this.listeners) listener();
    });
  }

  /** A picture, or a fragment of video; never an initialisation. */
  get newest(): LiveMessage | undefined {
    const frame = this.#frames.newest(this.cameraId);
    this.#newest = frame?.kind === cameras.FRAME_KINDS.videoInit ? undefined : messageOf(frame, this.#newest);
    return this.#newest;
  }

  /** What a decoder needs before the fragments. */
  get init(): LiveMessage | undefined {
    this.#init = messageOf(this.#frames.initOf(this.cameraId), this.#init);
    return this.#init;
  }
}

const messageOf = (
  frame: CameraFrame | undefined,
  known: LiveMessage | undefined,
): LiveMessage | undefined => (frame === known?.frame ? known : frame && liveMessage(frame));

/** A channel for each camera that somebody watches, and for no other. */
export class Channels {
  readonly #frames: ShownCameras["frames"];
  readonly #open = new Map<Uuid, Channel>();

  constructor(frames: ShownCameras["frames"]) {
    this.#frames = frames;
  }

  /** `listener` is told when there is a newer frame. */
  join(cameraId: Uuid, listener: () => void): Channel {
    const channel = this.#open.get(cameraId) ?? new Channel(cameraId, this.#frames);
    this.#open.set(cameraId, channel);
    channel.listeners.add(listener);
    return channel;
  }

  leave(channel: Channel, listener: () => void): void {
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0) return;
    channel.end();
    this.#open.delete(channel.cameraId);
  }
}
