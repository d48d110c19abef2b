/** One frame as `clip.json` lists it. */
export interface ListedFrame {
  /** 1 JPEG, 2 fMP4 initialisation, 3 fMP4 fragment, 4 what was found in a picture. */
  readonly kind: number;
  /** Since the segment's start. */
  readonly offsetMs: number;
  /** By the camera's own clock; undefined when it has none. */
  readonly deviceMs: number | undefined;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A frame of this kind is no picture. */
export const FOUND = 4;

export interface ListedSegment {
  readonly segment: string;
  readonly startMs: number;
  readonly frames: readonly ListedFrame[];
}

/** `clip.json`: whoever made the clip wrote it; nothing in it is believed. */
export interface ClipList {
  readonly camera: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly segments: readonly ListedSegment[];
  /** Segments before which one that was signed is said to be missing: it was removed, as old recordings are. */
  readonly gaps: readonly string[];
}

/** Files that belong to a clip, with the largest size of each when it is unpacked. */
const FILES: readonly (readonly [RegExp, number])[] = [
  [/^clip\.json$/, 50_000_000],
  [/^manifests\/[0-9a-f-]{36}\.txt$/, 16_384],
  [/^frames\/[0-9a-f-]{36}\/[0-9]{5}\.jpg$/, 4_000_000],
  [/^frames\/[0-9a-f-]{36}\/[0-9]{5}\.json$/, 100_000],
  [/^video\/[0-9a-f-]{36}\.mp4$/, 100_000_000],
];

export const CLIP_FILE = "clip.json";
export const manifestFile = (segment: string): string => `manifests/${segment}.txt`;
export const pictureFile = (segment: string, number: number): string =>
  `frames/${segment}/${String(number).padStart(5, "0")}.jpg`;
export const foundFile = (segment: string, number: number): string =>
  `frames/${segment}/${String(number).padStart(5, "0")}.json`;
export const videoFile = (segment: string): string => `video/${segment}.mp4`;

export const maxBytesOfClipFile = (name: string): number | undefined =>
  FILES.find(([pattern]) => pattern.test(name))?.[1];

/** Undefined when the bytes are no such list. */
export function parseClipList(bytes: Uint8Array): ClipList | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  const { v, camera, fromMs, toMs, segments, gaps = [] } = membersOf(value);
  if (v !== 1 || typeof camera !== "string" || !isTime(fromMs) || !isTime(toMs) || !Array.isArray(segments))
    return undefined;
  if (!Array.isArray(gaps) || !gaps.every((gap) => typeof gap === "string")) return undefined;
  const listed = segments.map(parseSegment);
  return listed.includes(undefined)
    ? undefined
    : { camera, fromMs, toMs, segments: listed as ListedSegment[], gaps };
}

function parseSegment(value: unknown): ListedSegment | undefined {
  const { segment, startMs, frames } = membersOf(value);
  if (typeof segment !== "string" || !isTime(startMs) || !Array.isArray(frames)) return undefined;
  const listed = frames.map(parseFrame);
  return listed.includes(undefined) ? undefined : { segment, startMs, frames: listed as ListedFrame[] };
}

function parseFrame(value: unknown): ListedFrame | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [kind, offsetMs, deviceMs, bytes, sha256] = value as unknown[];
  const isOne = [1, 2, 3, FOUND].includes(kind as number) && [offsetMs, deviceMs, bytes].every(isTime);
  if (!isOne || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  return {
    ...{ kind: kind as number, offsetMs: offsetMs as number, bytes: bytes as number, sha256 },
    deviceMs: deviceMs === 0 ? undefined : (deviceMs as number),
  };
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
