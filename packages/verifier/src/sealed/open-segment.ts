import {
  compareWithManifest,
  type Frame,
  parseManifest,
  readSegment,
  type SegmentCrypto,
  type SegmentFault,
  uuidOf,
} from "@gatehouse/video";

/** A segment as it is sealed, with what is said of it; nothing of it is believed. */
export interface SealedSegment {
  readonly segment: string;
  readonly startMs: number;
  /** Signed note; undefined where nobody signed. */
  readonly manifest: string | undefined;
  /** 32 bytes; undefined where it is not to be had. */
  readonly key: Uint8Array | undefined;
  /** Header and chunks; what stands behind them does not matter. */
  readonly file: Uint8Array;
}

/** `no_key`: nobody gave it. `other_segment`: it opens, and is another's, or of another time. */
export type OpeningFault = SegmentFault["fault"] | "no_key" | "other_segment";

export interface OpenedSegment {
  readonly frames: readonly Frame[];
  /** Why it is not as it was sealed. */
  readonly faults: readonly OpeningFault[];
}

/** Opens every chunk, up to the first that is not as it was sealed, and holds the file against its manifest. */
export function openSegment(
  camera: string,
  { segment, startMs, manifest, key, file }: SealedSegment,
  crypto: SegmentCrypto,
): OpenedSegment {
  if (key === undefined) return { frames: [], faults: ["no_key"] };
  const read = readSegment(file, key, crypto);
  if ("fault" in read) return { frames: [], faults: [read.fault] };
  const { cameraId, segmentId, startMs: begunMs } = read.segment.header;
  if (uuidOf(segmentId) !== segment || uuidOf(cameraId) !== camera || begunMs !== startMs)
    return { frames: [], faults: ["other_segment"] };
  const signed = manifest === undefined ? undefined : parseManifest(manifest)?.manifest;
  // One that nobody signed ended by a crash, or goes on.
  const faults = read.faults.filter(({ fault }) => fault !== "no_end" || manifest !== undefined);
  const differs = signed === undefined ? [] : compareWithManifest(read, signed, file, crypto);
  return { frames: read.frames, faults: [...new Set([...faults, ...differs].map(({ fault }) => fault))] };
}
