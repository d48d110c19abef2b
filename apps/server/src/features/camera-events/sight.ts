import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import { findFfmpeg, LumaDecoder } from "@gatehouse/capture";
import { cameras } from "@gatehouse/contract";
import { LUMA_HEIGHT, LUMA_WIDTH } from "@gatehouse/motion";
import { keyFrameOf } from "@gatehouse/video";
import { lumaOf } from "../../platform/pictures/index.ts";
import type { Frame, Frames } from "./ports.ts";

const SIZE = { width: LUMA_WIDTH, height: LUMA_HEIGHT } as const;

/** Small grey pictures of frames, made off the event loop. */
export interface Sight {
  /** Rejects for what cannot be decoded, and where there is no ffmpeg for video. */
  luma(frame: Frame): Promise<Uint8Array>;
  /** Nobody looks at this camera any more. */
  forget(cameraId: Uuid): void;
}

/** JPEG by libvips; of video the key frame that a fragment begins with, by a child of the camera's own that ends when idle. */
export class FrameSight implements Sight {
  readonly #frames: Pick<Frames, "initOf">;
  readonly #clock: Clock;
  readonly #decoders = new Map<Uuid, LumaDecoder>();

  constructor(frames: Pick<Frames, "initOf">, clock: Clock) {
    this.#frames = frames;
    this.#clock = clock;
  }

  async luma({ cameraId, kind, bytes }: Frame): Promise<Uint8Array> {
    if (kind === cameras.FRAME_KINDS.jpeg) return lumaOf(bytes, SIZE.width, SIZE.height);
    const init = this.#frames.initOf(cameraId);
    const picture = init && keyFrameOf(init.bytes, bytes);
    if (picture === undefined) throw new AppError("frame.malformed");
    const known = this.#decoders.get(cameraId);
    const decoder = known ?? new LumaDecoder({ ...SIZE, clock: this.#clock, ffmpeg: findFfmpeg });
    if (known === undefined) this.#decoders.set(cameraId, decoder);
    return decoder.decode({ codec: "h264", bytes: picture });
  }

  forget(cameraId: Uuid): void {
    this.#decoders.get(cameraId)?.stop();
    this.#decoders.delete(cameraId);
  }
}
