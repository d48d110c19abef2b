import type { VerifierKey } from "@gatehouse/ledger";
import {
  compareWithManifest,
  isManifestSignedBy,
  isVideo,
  parseManifest,
  readSegment,
  type SegmentContents,
  type SegmentManifest,
} from "@gatehouse/video";
import { segmentCrypto } from "../../platform/secrets/index.ts";
import { type Chunk, type Codec, MAX_SEGMENT_BYTES } from "./model.ts";

/** More than any of our files has: chunks, their tags, table and manifest. */
export const MAX_FILE_BYTES = MAX_SEGMENT_BYTES + 8 * 1_048_576;

/** What a segment's file says by itself, with its key. */
export interface FileIndex {
  readonly codec: Codec;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly chunks: readonly Chunk[];
  /** Header and chunks as far as they open. */
  readonly sealedBytes: number;
  /** What stops it from being whole; undefined for one that ends as it was sealed. */
  readonly fault: "no_segment" | "wrong_key" | "chunk_altered" | "no_end" | undefined;
  /** The signed manifest behind the last chunk, when one of the keys signed it and it says what the file holds. */
  readonly signed: SignedIndex | undefined;
}

export interface SignedIndex {
  readonly note: string;
  readonly manifest: SegmentManifest;
  readonly by: VerifierKey;
}

const NOTHING = {
  codec: "jpeg",
  firstMs: 0,
  lastMs: 0,
  chunks: [],
  sealedBytes: 0,
  signed: undefined,
} as const;

/** Opens every chunk. `signers`: our key, and those that the camera has had. */
export function readIndex(
  file: Uint8Array,
  segmentKey: Uint8Array,
  signers: readonly VerifierKey[],
): FileIndex {
  const contents = readSegment(file, segmentKey, segmentCrypto);
  if ("fault" in contents) return { ...NOTHING, fault: contents.fault as "no_segment" | "wrong_key" };
  const { chunks, frames, sealedBytes, segment } = contents;
  const { startMs } = segment.header;
  return {
    codec: frames.some(isVideo) ? "h264-fmp4" : "jpeg",
    firstMs: startMs + (frames[0]?.offsetMs ?? 0),
    lastMs: startMs + (frames.at(-1)?.offsetMs ?? 0),
    ...{ chunks, sealedBytes },
    fault: contents.faults[0]?.fault as FileIndex["fault"],
    signed: contents.trailer === undefined ? undefined : findSigned(file, contents, signers),
  };
}

function findSigned(
  file: Uint8Array,
  contents: SegmentContents,
  signers: readonly VerifierKey[],
): SignedIndex | undefined {
  const note = new TextDecoder().decode(file.subarray(contents.sealedBytes));
  const signed = parseManifest(note);
  const by = signed && signers.find((key) => isManifestSignedBy(signed, key));
  if (signed === undefined || by === undefined) return undefined;
  const { manifest } = signed;
  const differs = compareWithManifest(contents, manifest, file, segmentCrypto);
  return differs.length === 0 ? { note, manifest, by } : undefined;
}
