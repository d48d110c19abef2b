import type { Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { CopyName } from "../model.ts";
import type { SegmentFile } from "../ports.ts";

/** How a copy lies there: enough to find out later whether it is still what was sent. */
export interface Stored {
  /** Of the segment's file. */
  readonly bytes: number;
  /** Of the segment's file, hex. */
  readonly sha256: string;
  /** As the other side counts it, where it does. */
  readonly checksum?: string;
  readonly etag?: string;
  /** Where the other side keeps versions: what to delete. */
  readonly versionId?: string;
  readonly keySha256: string;
  readonly keyVersionId?: string;
}

/** The two files of a segment, as they lie here. */
export interface Source extends CopyName {
  /** Of the segment's file. */
  readonly bytes: number;
  readonly key: Uint8Array;
  /** Throws a `RemoteFailure` when they are not to be had. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** How far an upload is, kept so that the next process goes on with it. */
export interface Progress {
  readonly upload: string | undefined;
  /** Throws when nobody wants the copy any more. */
  save(upload: string | undefined, bytesDone: number): Promise<void>;
}

export type Found = "whole" | "missing" | "altered";

/** A place elsewhere. Everything throws `RemoteFailure`. */
export interface Remote {
  /** Writes, reads back and deletes a few bytes. */
  probe(signal: AbortSignal): Promise<void>;
  /** Both files are there, and found whole there, when it resolves. */
  put(source: Source, progress: Progress, signal: AbortSignal): Promise<Stored>;
  /** What the other side says of it; with `deep` every byte is read back. */
  check(name: CopyName, stored: Stored, deep: boolean, signal: AbortSignal): Promise<Found>;
  /** `kept`: the other side does not let it be deleted now. */
  remove(name: CopyName, stored: Stored | undefined, signal: AbortSignal): Promise<"gone" | "kept">;
  /** An upload that was begun and is of no use any more. */
  abandon(name: CopyName, upload: string, signal: AbortSignal): Promise<void>;
  /** A key over the organisation's keys, wrapped under the master key: who has that one opens the copies with it. */
  putWrappingKey(tenantId: Uuid, generation: number, sealed: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Every copy of an organisation that lies there whole, in any order. */
  list(tenantId: Uuid, signal: AbortSignal): AsyncIterable<CopyName>;
  wrappingKeys(
    tenantId: Uuid,
    signal: AbortSignal,
  ): Promise<readonly { readonly generation: number; readonly sealed: Uint8Array }[]>;
  /** Undefined where there is none; fewer bytes where it ends before. */
  read(
    name: CopyName,
    file: SegmentFile,
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined>;
}

/** These stand for the whole target: the next copy would fare no better. */
const OF_TARGET: ReadonlySet<cameras.OffsiteFailureCode> = new Set([
  "address_forbidden",
  "unreachable",
  "timeout",
  "refused",
  "not_found",
  "clock_wrong",
  "slow_down",
  "server_error",
  "full_there",
  "secret_unreadable",
]);

const MAX_DETAIL = 200;

export class RemoteFailure extends Error {
  readonly code: cameras.OffsiteFailureCode;
  /** In the other side's words, one short line. */
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: cameras.OffsiteFailureCode, detail?: string, retryAfterMs?: number, cause?: unknown) {
    super(detail === undefined ? code : `${code}: ${detail}`, { cause });
    this.code = code;
    this.detail = detail?.replace(/[^\x20-\x7e]+/g, " ").slice(0, MAX_DETAIL);
    this.retryAfterMs = retryAfterMs;
  }

  get isOfTarget(): boolean {
    return OF_TARGET.has(this.code);
  }
}
