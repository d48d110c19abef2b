import { sha256Hex } from "../../../platform/secrets/index.ts";
import { allSegments, findSegment, hasSealed, segmentNames } from "../all-segments-store.ts";
import type { RecordingContext } from "../context.ts";
import { KEY_BLOB_BYTES } from "../keyring.ts";
import { keyBlob, parseBlobName, type SegmentName, type SegmentRow, segmentBlob } from "../model.ts";
import { sealedEvent } from "../recording/open-segment.ts";
import { type FileIndex, MAX_FILE_BYTES, readIndex } from "../segment-file.ts";
import { SegmentStore } from "../segment-store.ts";
import { adopt } from "./adoption.ts";

/** What became of a segment that a crash, or a failing disk, left open. */
export type Outcome = "sealed" | "unsigned" | "damaged" | "empty";

export interface RecoveryReport {
  readonly sealed: number;
  readonly unsigned: number;
  readonly damaged: number;
  readonly empty: number;
  /** Segments without a row whose index was made anew: an older database was put back. */
  readonly adopted: number;
  /** Files without a row that are of no use, and are gone. */
  readonly orphanFiles: number;
  /** Files without a row that no key here opens: they stay where they are. */
  readonly foreignFiles: number;
  /** Rows without a file. */
  readonly orphanRows: number;
}

/** Closes what was left open, never goes on with it, and makes index and files agree. */
export class Recovery {
  readonly #context: RecordingContext;

  constructor(context: RecordingContext) {
    this.#context = context;
  }

  /** At the start, before anything is recorded. */
  async run(): Promise<RecoveryReport> {
    const { blobs, db, log } = this.#context;
    const drafts = await blobs.removeDrafts();
    const count = { sealed: 0, unsigned: 0, damaged: 0, empty: 0 };
    for await (const row of allSegments(db, "open")) count[await this.close(row)]++;
    for await (const row of allSegments(db, "erased")) if (row.bytes > 0) await this.finishErasing(row);
    const swept = await this.#sweep();
    const report = { ...count, ...swept, orphanFiles: swept.orphanFiles + drafts };
    if (Object.values(report).some((found) => found > 0)) log.warn(report, "recordings.recovered");
    return report;
  }

  /** Says what an open segment holds: whole chunks that open under its key, no more. */
  async close(row: SegmentRow): Promise<Outcome> {
    const { blobs, room } = this.#context;
    const store = new SegmentStore(this.#context.db, row.tenantId);
    const file = await blobs.read(segmentBlob(row), 0, MAX_FILE_BYTES);
    const found = file && (await this.#read(row, file));
    let outcome: Outcome;
    if (file === undefined || found === undefined || (found.chunks.length === 0 && row.chunks.length === 0)) {
      await room.removeFiles(row);
      await store.delete(row.segmentId);
      outcome = "empty";
    } else outcome = await this.#settle(row, file, found);
    this.#context.log.warn(
      { segmentId: row.segmentId, cameraId: row.cameraId, outcome },
      "segment.recovered",
    );
    await room.recount(row.tenantId);
    return outcome;
  }

  /** Keys and files of a segment that was erased, with its entry in the audit log, are gone when it resolves. */
  async finishErasing(row: SegmentName): Promise<void> {
    await this.#context.room.removeFiles(row);
    await new SegmentStore(this.#context.db, row.tenantId).setState(row.segmentId, "erased", 0);
  }

  async #settle(row: SegmentRow, file: Uint8Array, found: FileIndex): Promise<Outcome> {
    const { audit, blobs, db, entries, signer } = this.#context;
    const store = new SegmentStore(db, row.tenantId);
    const { signed } = found;
    const manifestSha256 = signed && sha256Hex(signed.note);
    // The log hears of a segment with its row's end: one that it knows was not open when anything crashed.
    const logged = await entries.hashesOf(row.tenantId, row.segmentId);
    const isOther = logged.some((hash) => hash !== manifestSha256);
    const index = {
      codec: found.codec,
      firstMs: found.firstMs,
      lastMs: found.lastMs,
      chunks: found.chunks,
    };
    if (signed !== undefined && manifestSha256 !== undefined && !isOther) {
      await db.transaction().execute(async (tx) => {
        const inTx = new SegmentStore(tx, row.tenantId);
        const bytes = file.length + KEY_BLOB_BYTES;
        await inTx.rewrite(row.segmentId, { state: "open", ...index, bytes });
        const end = { manifest: signed.note, manifestSha256, addedBytes: 0, moved: false };
        await inTx.seal(row, end);
        if (logged.length === 0) await audit.record(tx, sealedEvent(row, signed, manifestSha256, signer.key));
      });
      return "sealed";
    }
    // The index knew of more than what opens: not a crash but a change. Nothing of it is cut off.
    if (isOther || found.chunks.length < row.chunks.length) {
      await store.setState(row.segmentId, "damaged", file.length + KEY_BLOB_BYTES);
      return "damaged";
    }
    if (file.length > found.sealedBytes) await blobs.truncate(segmentBlob(row), found.sealedBytes);
    const bytes = found.sealedBytes + KEY_BLOB_BYTES;
    await store.rewrite(row.segmentId, { state: "unsigned", ...index, bytes });
    return "unsigned";
  }

  /** Undefined without a key: nobody reads it any more. */
  async #read(row: SegmentRow, file: Uint8Array): Promise<FileIndex | undefined> {
    const key = await this.#context.keyring.open(row).catch(() => undefined);
    const { cameraKeys, signer } = this.#context;
    return key && readIndex(file, key, [signer.key, ...(await cameraKeys(row.cameraId))]);
  }

  /** Files without a row and rows without a file, in one walk through both. */
  async #sweep(): Promise<Swept> {
    const { blobs, db, log } = this.#context;
    const swept = { adopted: 0, foreignFiles: 0, orphanFiles: 0, orphanRows: 0 };
    const files = new Set<string>();
    for await (const name of blobs.list()) files.add(name);
    // A disk that is not mounted is no reason to forget what lies on it.
    if (files.size === 0) {
      if (await hasSealed(db)) log.error({}, "recordings.folder_empty");
      return swept;
    }
    for await (const row of segmentNames(db)) {
      const hasFile = files.delete(segmentBlob(row));
      files.delete(keyBlob(row));
      if (hasFile || row.state === "open" || row.state === "erased") continue;
      await blobs.remove(keyBlob(row));
      await new SegmentStore(db, row.tenantId).delete(row.segmentId);
      swept.orphanRows++;
    }
    for (const name of files) await this.#sweepFile(name, swept);
    return swept;
  }

  async #sweepFile(name: string, swept: Record<keyof Swept, number>): Promise<void> {
    const { blobs, db } = this.#context;
    const segment = parseBlobName(name);
    // The other file of the same segment may have brought it back.
    if (segment !== undefined && (await isKnown(db, segment))) return;
    const found = segment === undefined ? "foreign" : await adopt(this.#context, segment);
    if (found === "adopted") swept.adopted++;
    else if (found === "foreign") swept.foreignFiles++;
    else {
      await blobs.remove(name);
      swept.orphanFiles++;
    }
  }
}

type Swept = Pick<RecoveryReport, "adopted" | "foreignFiles" | "orphanFiles" | "orphanRows">;

async function isKnown(db: RecordingContext["db"], segment: SegmentName): Promise<boolean> {
  const known = await findSegment(db, segment.segmentId);
  return known?.cameraId === segment.cameraId && known.tenantId === segment.tenantId;
}
