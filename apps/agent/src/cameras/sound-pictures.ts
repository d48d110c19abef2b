import {
  type CapturedPicture,
  type CodedPicture,
  DEFAULT_LIMITS,
  type PictureKind,
} from "@gatehouse/capture";
import { DEFAULT_JPEG_LIMITS, inspectFragment, inspectInit, inspectJpeg, keyFrameOf } from "@gatehouse/video";

/** A picture that was walked through from its first byte to its last: what the server would take. */
export interface SoundPicture {
  readonly kind: PictureKind;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** What a decoder gets of it; undefined for the initialisation of a video, and where no key frame is found. */
  coded(): CodedPicture | undefined;
}

const LIMITS = { ...DEFAULT_JPEG_LIMITS, maxBytes: DEFAULT_LIMITS.pictureBytes };

/** Looks at the form of one camera's pictures, in their order. Nothing is decoded or kept that did not pass here. */
export class SoundPictures {
  #init: Uint8Array | undefined;

  /** Undefined for what is not sound. */
  check({ kind, bytes }: CapturedPicture): SoundPicture | undefined {
    if (bytes.length > LIMITS.maxBytes) return undefined;
    if (kind === "jpeg") {
      const found = inspectJpeg(bytes, LIMITS);
      if ("fault" in found) return undefined;
      return { ...found, kind, coded: () => ({ codec: "jpeg", bytes: found.bytes }) };
    }
    const head = kind === "h264-init" ? bytes : this.#init;
    const init = head && inspectInit(head);
    if (head === undefined || init === undefined || "fault" in init) return undefined;
    const { width, height } = init;
    if (kind === "h264-init") {
      this.#init = bytes;
      return { kind, bytes, width, height, coded: () => undefined };
    }
    if (inspectFragment(bytes, init) !== undefined) return undefined;
    return { kind, bytes, width, height, coded: () => codedOf(keyFrameOf(head, bytes)) };
  }
}

const codedOf = (frame: Uint8Array | undefined): CodedPicture | undefined =>
  frame && { codec: "h264", bytes: frame };
