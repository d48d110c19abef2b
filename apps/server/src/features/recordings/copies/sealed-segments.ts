import type { Uuid } from "@gatehouse/base";
import type { RecordingContext } from "../context.ts";
import { listKeys } from "../key-store.ts";
import { keyBlob, type SegmentName, segmentBlob } from "../model.ts";
import { listSealed, type SealedSegment, stillThere, type WantedSegments } from "./sealed-store.ts";

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
}

export const sealedSegments = ({ blobs, db }: Pick<RecordingContext, "blobs" | "db">): SealedSegments => ({
  list: (tenantId, wanted) => listSealed(db, tenantId, wanted),
  stillThere: (tenantId, segmentIds) => stillThere(db, tenantId, segmentIds),
  size: (name, file) => blobs.size(blobOf(name, file)),
  read: (name, file, from, to) => blobs.read(blobOf(name, file), from, to),
  wrappingKeys: (tenantId) => listKeys(db, tenantId),
});

const blobOf = (name: SegmentName, file: SegmentFile): string =>
  file === "segment" ? segmentBlob(name) : keyBlob(name);
