import type { UnixMs, Uuid } from "@gatehouse/base";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { CopyName } from "./model.ts";

export type SegmentFile = "segment" | "key";

export interface SealedSegment extends CopyName {
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  /** Of its two files. */
  readonly bytes: number;
  /** An event needs it. */
  readonly pinned: boolean;
}

/** Sealed segments as they lie on the disk. */
export interface Segments {
  /** Newest first, at most `limit`. */
  list(
    tenantId: Uuid,
    wanted: {
      readonly wholeCameras: readonly Uuid[];
      readonly sinceMs: UnixMs;
      readonly before?: Pick<SealedSegment, "firstMs" | "segmentId">;
      readonly limit: number;
    },
  ): Promise<readonly SealedSegment[]>;
  /** Which of these are still here, whole and not erased. */
  stillThere(tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<ReadonlySet<Uuid>>;
  size(name: CopyName, file: SegmentFile): Promise<number | undefined>;
  read(name: CopyName, file: SegmentFile, from: number, to: number): Promise<Uint8Array | undefined>;
  /** Keys over the keys of the organisation's segments, each wrapped under the master key. */
  wrappingKeys(
    tenantId: Uuid,
  ): Promise<readonly { readonly generation: number; readonly sealed: Uint8Array }[]>;
  /** One that is not known here is kept; false when the master key here does not open it. */
  learnWrappingKey(tenantId: Uuid, generation: number, sealed: Uint8Array): Promise<boolean>;
  /** Back into the recordings. What is here, or was erased here, stays as it is (`known`). */
  takeIn(
    name: CopyName,
    copy: {
      read(file: SegmentFile, from: number, to: number): Promise<Uint8Array | undefined>;
    },
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): Promise<{
    readonly outcome: "taken" | "known" | "outside" | "missing" | "foreign" | "no_room";
    readonly bytes: number;
  }>;
}

/** What recordings ask of their copies. */
export interface Copies {
  /** In the transaction that erases: from its commit on what is there of these is to be deleted. */
  erase(tx: AnyDatabase, tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<void>;
  /** Of the oldest key of the organisation under which a copy's key is wrapped; undefined without copies. */
  oldestKeyGeneration(tenantId: Uuid): Promise<number | undefined>;
}
