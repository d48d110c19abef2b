import { cameras } from "@gatehouse/contract";
import { inspectFragment, inspectInit, inspectJpeg, picturesIn, type VideoInit } from "@gatehouse/video";
import type { FrameRefusal } from "../ports.ts";

const { bytes: maxBytes, minSide, maxSide } = cameras.FRAME_LIMITS;

const LIMITS = {
  maxBytes,
  maxWidth: maxSide,
  maxHeight: maxSide,
  /** EXIF with a thumbnail fits; nobody needs more. */
  maxMetadataBytes: 65_536,
} as const;

/** As a camera sends it. */
export interface IncomingFrame {
  readonly kind: cameras.FrameKind;
  /** Not changed by whoever gives them away. */
  readonly bytes: Uint8Array;
  /** The camera's clock; undefined when it has none. */
  readonly deviceMs?: number | undefined;
}

export interface SoundFrame {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Of a fragment of video: how many it shows; one unless told. */
  readonly pictures?: number;
  /** Of an initialisation: what its fragments are judged by. */
  readonly init?: VideoInit;
}

/**
 * Whether the bytes are one whole frame of a kind and size that is taken. Nothing decodes, shows or keeps a frame before
 * this. `init` is what the camera's fragments belong to.
 */
export function inspectFrame(
  { kind, bytes }: IncomingFrame,
  init: VideoInit | undefined,
): SoundFrame | FrameRefusal {
  if (bytes.length === 0) return "frame.empty";
  if (bytes.length > maxBytes) return "frame.too_large";
  if (kind === cameras.FRAME_KINDS.jpeg) {
    const found = inspectJpeg(bytes, LIMITS);
    return "fault" in found ? `frame.${found.fault}` : withinSides(found);
  }
  if (kind === cameras.FRAME_KINDS.videoInit) {
    const found = inspectInit(bytes);
    if ("fault" in found) return `frame.${found.fault}`;
    return withinSides({ bytes, width: found.width, height: found.height, pictures: 0, init: found });
  }
  // A fragment says nothing without its initialisation.
  if (init === undefined) return "frame.malformed";
  const fault = inspectFragment(bytes, init);
  if (fault !== undefined) return `frame.${fault}`;
  return { bytes, width: init.width, height: init.height, pictures: picturesIn(bytes) };
}

function withinSides(frame: SoundFrame): SoundFrame | FrameRefusal {
  const { width, height } = frame;
  const isWithin = Math.min(width, height) >= minSide && Math.max(width, height) <= maxSide;
  return isWithin ? frame : "frame.dimensions";
}
