import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import { findFfmpeg, LumaDecoder } from "@gatehouse/capture";
import { cameras } from "@gatehouse/contract";
import { LUMA_HEIGHT, LUMA_WIDTH } from "@gatehouse/motion";
import { describeTrack, keyFrameOf } from "@gatehouse/video";
import { lumaOf, type Pixels, pixelsOf } from "../../platform/pictures/index.ts";
import type { Frame, Frames } from "./ports.ts";

const SIZE = { width: LUMA_WIDTH, height: LUMA_HEIGHT } as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Small pictures of frames, made off the event loop. */
export interface Sight {
  /** Rejects for what cannot be decoded, and where there is no ffmpeg for video. */
  luma(frame: Frame): Promise<Uint8Array>;
  /** In colours, no larger than that, in its own shape. Rejects as `luma` does. */
  pixels(frame: Frame, within: Size): Promise<Pixels>;
  /** Nobody looks at this camera any more. */
  forget(cameraId: Uuid): void;
}

/** JPEG by libvips; of video the key frame that a fragment begins with, by a child of the camera's own that ends when idle. */
export class FrameSight implements Sight {
  readonly #frames: Pick<Frames, "initOf">;
  readonly #clock: Clock;
  readonly #decoders = new Map<Uuid, LumaDecoder>();
  readonly #colours = new Map<Uuid, { readonly decoder: LumaDecoder; readonly size: Size }>();

  constructor(frames: Pick<Frames, "initOf">, clock: Clock) {
    this.#frames = frames;
    this.#clock = clock;
  }

  async luma({ cameraId, kind, bytes }: Frame): Promise<Uint8Array> {
    if (kind === cameras.FRAME_KINDS.jpeg) return lumaOf(bytes, SIZE.width, SIZE.height);
    const { picture } = this.#keyFrame(cameraId, bytes);
    const known = this.#decoders.get(cameraId);
    const decoder = known ?? new LumaDecoder({ ...SIZE, clock: this.#clock, ffmpeg: findFfmpeg });
    if (known === undefined) this.#decoders.set(cameraId, decoder);
    return decoder.decode({ codec: "h264", bytes: picture });
  }

  async pixels({ cameraId, kind, bytes }: Frame, within: Size): Promise<Pixels> {
    if (kind === cameras.FRAME_KINDS.jpeg) return pixelsOf(bytes, within);
    const { picture, init } = this.#keyFrame(cameraId, bytes);
    const shown = describeTrack(init);
    if (shown === undefined) throw new AppError("frame.malformed");
    const size = fitted(shown, within);
    const rgb = await this.#coloursOf(cameraId, size).decode({ codec: "h264", bytes: picture });
    return { ...size, rgb };
  }

  forget(cameraId: Uuid): void {
    this.#decoders.get(cameraId)?.stop();
    this.#decoders.delete(cameraId);
    this.#colours.get(cameraId)?.decoder.stop();
    this.#colours.delete(cameraId);
  }

  #keyFrame(cameraId: Uuid, fragment: Uint8Array) {
    const init = this.#frames.initOf(cameraId);
    const picture = init && keyFrameOf(init.bytes, fragment);
    if (init === undefined || picture === undefined) throw new AppError("frame.malformed");
    return { picture, init: init.bytes };
  }

  #coloursOf(cameraId: Uuid, size: Size): LumaDecoder {
    const known = this.#colours.get(cameraId);
    if (known?.size.width === size.width && known.size.height === size.height) return known.decoder;
    known?.decoder.stop();
    const decoder = new LumaDecoder({ ...size, clock: this.#clock, ffmpeg: findFfmpeg, colour: true });
    this.#colours.set(cameraId, { decoder, size });
    return decoder;
  }
}

function fitted({ width, height }: Size, within: Size): Size {
  const scale = Math.min(1, within.width / width, within.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
