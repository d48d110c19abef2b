import type { UnixMs } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { isSignedBy, type VerifierKey } from "@gatehouse/ledger";
import {
  compareWithManifest,
  DEFAULT_JPEG_LIMITS,
  FRAME_KINDS,
  type Frame,
  inspectFragment,
  inspectInit,
  inspectJpeg,
  parseFound,
  parseManifest,
  readSegment,
  uuidOf,
  type VideoInit,
} from "@gatehouse/video";
import { segmentCrypto } from "../../../platform/secrets/index.ts";
import { SEGMENT_MS, type SegmentName } from "../model.ts";

/** Why a machine's segment is not taken. */
export type ClipFault =
  /** It is no segment, opens under another key, or was changed. */
  | "altered"
  /** It is of another camera, or another segment than it says. */
  | "foreign"
  /** Nobody signed it whom this camera's keys vouch for, or the manifest says something else than the file. */
  | "not_signed"
  /** A frame in it is none that would be taken from a camera. */
  | "unsound"
  /** Its times cannot be. */
  | "time"
  /** Another segment is here that its camera signed as the next after the same one. */
  | "forked";

/** Farther ahead of our clock than this a machine's knowledge of it is wrong. */
const AHEAD_MS = 300_000;
/** As long as anything may be kept. */
const OLDEST_MS = 3_650 * 86_400_000;
/** A segment waits for a key frame before it ends. What finds segments by their time counts on none being longer. */
const LONGEST_MS = 2 * SEGMENT_MS;
/** Of the fastest camera in that time, and what was found in its pictures. */
const MAX_FRAMES = 10_000;
const JPEG_LIMITS = { ...DEFAULT_JPEG_LIMITS, maxBytes: cameras.FRAME_LIMITS.bytes };

export interface ClipToCheck {
  readonly file: Uint8Array;
  readonly key: Uint8Array;
  /** Empty where a crash took its end: it is taken as a recording that nobody signed. */
  readonly manifest: string;
}

/** What a manifest alone says: asked before anything of its segment is taken. */
export function faultOfManifest(
  { cameraId, segmentId }: SegmentName,
  text: string,
  signers: readonly VerifierKey[],
): ClipFault | undefined {
  if (text === "") return undefined;
  const signed = parseManifest(text);
  if (signed === undefined || !signers.some((key) => isSignedBy(signed.note, key))) return "not_signed";
  const { camera, segment } = signed.manifest;
  return camera === cameraId && segment === segmentId ? undefined : "foreign";
}

/** Opens everything, which takes long: `clipThread`. Undefined: it is what it says, and each of its frames would be taken from a camera. */
export function faultOfClip(
  name: SegmentName,
  { file, key, manifest }: ClipToCheck,
  signers: readonly VerifierKey[],
  nowMs: UnixMs,
): ClipFault | undefined {
  const contents = readSegment(file, key, segmentCrypto);
  if ("fault" in contents) return "altered";
  const { frames, segment, sealedBytes, trailer } = contents;
  const { header } = segment;
  if (uuidOf(header.cameraId) !== name.cameraId || uuidOf(header.segmentId) !== name.segmentId)
    return "foreign";
  const isEnded = manifest !== "";
  const stopped = contents.faults.filter(({ fault }) => isEnded || fault !== "no_end");
  if (stopped.length > 0 || isEnded !== (trailer !== undefined) || frames.length === 0) return "altered";
  if (frames.length > MAX_FRAMES) return "unsound";
  const behind = new TextDecoder().decode(file.subarray(sealedBytes));
  if (behind !== manifest) return isEnded ? "not_signed" : "altered";
  if (isEnded) {
    const fault = faultOfManifest(name, manifest, signers);
    if (fault !== undefined) return fault;
    const signed = parseManifest(manifest);
    if (signed === undefined) return "not_signed";
    if (compareWithManifest(contents, signed.manifest, file, segmentCrypto).length > 0) return "not_signed";
  }
  const lastedMs = frames.at(-1)?.offsetMs ?? 0;
  const { startMs } = header;
  if (lastedMs > LONGEST_MS || startMs < nowMs - OLDEST_MS || startMs + lastedMs > nowMs + AHEAD_MS)
    return "time";
  return areSound(frames) ? undefined : "unsound";
}

function areSound(frames: readonly Frame[]): boolean {
  let init: VideoInit | undefined;
  let lastMs = 0;
  for (const { kind, bytes, offsetMs } of frames) {
    if (offsetMs < lastMs) return false;
    lastMs = offsetMs;
    if (kind === FRAME_KINDS.mp4Init) {
      const found = inspectInit(bytes);
      if ("fault" in found) return false;
      init = found;
    } else if (kind === FRAME_KINDS.jpeg) {
      if ("fault" in inspectJpeg(bytes, JPEG_LIMITS)) return false;
    } else if (kind === FRAME_KINDS.found) {
      if (parseFound(bytes) === undefined) return false;
    } else if (init === undefined || bytes.length > cameras.FRAME_LIMITS.bytes) return false;
    else if (inspectFragment(bytes, init) !== undefined) return false;
  }
  return true;
}
