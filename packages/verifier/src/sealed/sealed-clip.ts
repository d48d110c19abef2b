import type { Hash } from "@gatehouse/ledger";
import { FRAME_KINDS, type Frame, type SegmentCrypto } from "@gatehouse/video";
import { CLIP_FILE, foundFile, manifestFile, pictureFile, videoFile } from "../clip/clip-list.ts";
import { hexOf } from "../clip/frames.ts";
import { EXPORT_FILES } from "../open-export.ts";
import { type ExportReport, verifyOpened } from "../verify-opened.ts";
import { type LogPlace, logPlaces } from "./log-places.ts";
import { type OpenedSegment, openSegment, type SealedSegment } from "./open-segment.ts";
import { portableCrypto } from "./segment-crypto.ts";

/** A clip as it lies on a server's disk, with the keys of its segments. */
export interface SealedClip {
  readonly camera: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: readonly SealedSegment[];
  /** Segments before which one is said to be gone. */
  readonly gaps: readonly string[];
  /** Files of an export of the log, by name. */
  readonly log: ReadonlyMap<string, Uint8Array>;
}

export interface SealedClipReport {
  /** As of an export of the same clip with its frames in the clear. */
  readonly report: ExportReport;
  /** In the order of the clip's. */
  readonly opened: readonly OpenedSegment[];
  /** Hex; of each segment's manifest, undefined where nobody signed. */
  readonly manifestHashes: readonly (string | undefined)[];
  readonly places: ReadonlyMap<string, LogPlace>;
}

/**
 * Opens a sealed clip and checks it as an export of it would be checked. `onSegment` is called after each that was
 * opened.
 */
export function verifySealedClip(
  clip: SealedClip,
  known: { readonly fingerprint?: string },
  { crypto = portableCrypto, onSegment }: { crypto?: SegmentCrypto; onSegment?: () => void } = {},
): SealedClipReport {
  const hash = remembering(crypto.sha256);
  const opened = clip.segments.map((segment) => {
    const one = openSegment(clip.camera, segment, { ...crypto, sha256: hash });
    onSegment?.();
    return one;
  });
  const partOf = (name: string): Uint8Array => clip.log.get(name) ?? new Uint8Array(0);
  const files = {
    events: partOf(EXPORT_FILES.events),
    checkpoint: partOf(EXPORT_FILES.checkpoint),
    proofs: partOf(EXPORT_FILES.proofs),
    keys: partOf(EXPORT_FILES.keys),
    personal: partOf(EXPORT_FILES.personal),
    seams: partOf(EXPORT_FILES.seams),
    witnessed: clip.log.get(EXPORT_FILES.witnessed),
  };
  const parts = clipParts(clip, opened, hash);
  const report = verifyOpened({ state: "complete", files, clip: parts }, { witnesses: [], ...known }, hash);
  const manifestHashes = clip.segments.map(({ manifest }) =>
    manifest === undefined ? undefined : hexOf(hash(bytesOf(manifest))),
  );
  return { report, opened, manifestHashes, places: logPlaces(files) };
}

/** The files that an export of the clip would have. */
function clipParts(
  { camera, fromMs, toMs, segments, gaps }: SealedClip,
  opened: readonly OpenedSegment[],
  hash: Hash,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const listed = segments.map(({ segment, startMs, manifest }, at) => {
    const frames = opened[at]?.frames ?? [];
    if (manifest !== undefined) files.set(manifestFile(segment), bytesOf(manifest));
    for (const [name, bytes] of framesByName(segment, frames)) files.set(name, bytes);
    return {
      ...{ segment, startMs },
      frames: frames.map(({ kind, offsetMs, deviceMs, bytes }) => [
        ...[kind, offsetMs, deviceMs ?? 0, bytes.length],
        hexOf(hash(bytes)),
      ]),
    };
  });
  const list = { v: 1, camera, fromMs, toMs, segments: listed, gaps };
  return files.set(CLIP_FILE, bytesOf(JSON.stringify(list)));
}

function framesByName(segment: string, frames: readonly Frame[]): [string, Uint8Array][] {
  const isFilm = frames.some(({ kind }) => kind === FRAME_KINDS.mp4Init || kind === FRAME_KINDS.mp4Fragment);
  const files = frames.flatMap(({ kind, bytes }, number): [string, Uint8Array][] => {
    if (kind === FRAME_KINDS.found) return [[foundFile(segment, number), bytes]];
    return isFilm ? [] : [[pictureFile(segment, number), bytes]];
  });
  if (!isFilm) return files;
  const film = frames.filter(({ kind }) => kind !== FRAME_KINDS.found).map(({ bytes }) => bytes);
  return [[videoFile(segment), joined(film)], ...files];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Every picture is held against a list and against a tree: the same bytes are hashed once. */
function remembering(hash: Hash): Hash {
  const known = new WeakMap<Uint8Array, Uint8Array>();
  return (bytes) => {
    const digest = known.get(bytes) ?? hash(bytes);
    known.set(bytes, digest);
    return digest;
  };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
