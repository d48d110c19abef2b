import type { Uuid } from "@gatehouse/base";
import type { RecordingContext } from "../context.ts";
import { listKeys } from "../key-store.ts";
import { keyBlob, type SegmentName, segmentBlob } from "../model.ts";
import { listSealed, type SealedSegment, stillThere, type WantedSegments } from "./sealed-store.ts";
import { type CopyToTakeIn, takeIn } from "./take-in.ts";

export type SegmentFile = "segment" | "key";

/** Sealed segments as they lie on the disk, for whoever copies them elsewhere. Nothing is opened. */
export interface SealedSegments {
  /** Newest first, at most `limit`. */
  list(tenantId: Uuid, wanted: WantedSegments): Promise<SealedSegment[]>;
  /** Which of these are still here, whole and not erased. */
  stillThere(tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<ReadonlySet<Uuid>>;
  size(name: SegmentName, file: SegmentFile): Promise<number | undefined>;
  read(name: SegmentName, file: SegmentFile, from: number, to: number): Promise<Uint8Array | undefined>;
  /** Keys over the keys of the organisation's segments, each wrapped under the master key. */
  wrappingKeys(
    tenantId: Uuid,
  ): Promise<readonly { readonly generation: number; readonly sealed: Uint8Array }[]>;
  /** One that is not known here is kept; false when the master key here does not open it. */
  learnWrappingKey(tenantId: Uuid, generation: number, sealed: Uint8Array): Promise<boolean>;
  takeIn(
    name: SegmentName,
    copy: CopyToTakeIn,
    span: { readonly fromMs: number; readonly toMs: number },
  ): ReturnType<typeof takeIn>;
}

export const sealedSegments = (context: RecordingContext): SealedSegments => {
  const { blobs, db, keyring } = context;
  return {
    list: (tenantId, wanted) => listSealed(db, tenantId, wanted),
    stillThere: (tenantId, segmentIds) => stillThere(db, tenantId, segmentIds),
    size: (name, file) => blobs.size(blobOf(name, file)),
    read: (name, file, from, to) => blobs.read(blobOf(name, file), from, to),
    wrappingKeys: (tenantId) => listKeys(db, tenantId),
    learnWrappingKey: (tenantId, generation, sealed) => keyring.learn(tenantId, generation, sealed),
    takeIn: (name, copy, span) => takeIn(context, name, copy, span),
  };
};

const blobOf = (name: SegmentName, file: SegmentFile): string =>
  file === "segment" ? segmentBlob(name) : keyBlob(name);
