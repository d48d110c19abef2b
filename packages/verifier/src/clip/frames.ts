import type { Hash } from "@gatehouse/ledger";
import { defaultHash, matchLines } from "@gatehouse/ledger";
import { framesRootOf, parseFound, type SegmentManifest } from "@gatehouse/video";
import { FOUND, foundFile, type ListedSegment, pictureFile, videoFile } from "./clip-list.ts";
import type { ClipProblems } from "./clip-report.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** The bytes of each frame of a segment, as they lie in the clip; what is not listed comes behind. */
function framesOf({ segment, frames }: ListedSegment, files: Files): Uint8Array[] {
  const video = files.get(videoFile(segment));
  const prefix = pictureFile(segment, 0).slice(0, -"00000.jpg".length);
  const names = [...files.keys()].filter((name) => name.startsWith(prefix)).sort();
  const bytesOfFile = (name: string): Uint8Array => files.get(name) as Uint8Array;
  if (video === undefined) return names.map(bytesOfFile);
  // Beside a film lies what was found in it, under the number of its frame.
  const parts = cut(
    video,
    frames.filter(({ kind }) => kind !== FOUND),
  );
  const left = new Set(names);
  const placed = frames.flatMap(({ kind }, number) => {
    if (kind !== FOUND) return parts.splice(0, 1);
    const name = foundFile(segment, number);
    return left.delete(name) ? [bytesOfFile(name)] : [];
  });
  return [...placed, ...parts, ...[...left].map(bytesOfFile)];
}

function cut(video: Uint8Array, frames: ListedSegment["frames"]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { bytes } of frames) {
    if (at >= video.length) return parts;
    parts.push(video.subarray(at, at + bytes));
    at += bytes;
  }
  return at < video.length ? [...parts, video.subarray(at)] : parts;
}

/**
 * Holds frames against what was signed. The list says which frame has which hash: when its root is the signed one the
 * list is true, and what was done to the frames can be named; else all that is known is that they are not those.
 */
export function judgeFrames(
  listed: ListedSegment,
  manifest: Pick<SegmentManifest, "frames" | "framesRoot"> | undefined,
  files: Files,
  problems: ClipProblems,
  hash: Hash = defaultHash,
): void {
  const { segment } = listed;
  const hashes = listed.frames.map(({ sha256 }) => bytesOf(sha256));
  if (manifest !== undefined) {
    const isTrue = hexOf(framesRootOf(hashes, hash)) === manifest.framesRoot;
    if (hashes.length < manifest.frames) problems.add("frames_cut", segment);
    else if (!isTrue) problems.add("frames_differ", segment);
  }
  const there = framesOf(listed, files);
  const found = there.map((bytes) => hash(bytes));
  const { problems: differences } = matchLines(hashes, found);
  for (const { kind, place, line } of differences) problems.add(NAMES[kind], segment, place ?? line ?? null);
  if (differences.length > 0) return;
  // Hashes say nothing of the kind.
  for (const [number, { kind }] of listed.frames.entries())
    if ((kind === FOUND) !== (parseFound(there[number] as Uint8Array) !== undefined))
      problems.add("frame_mislabelled", segment, number);
}

const NAMES = {
  changed: "frame_changed",
  missing: "frame_missing",
  swapped: "frame_moved",
  added: "frame_added",
} as const;

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
