import { isAppError } from "@gatehouse/base";
import { HEADER_BYTES, parseHeader } from "@gatehouse/video";
import { findSegment } from "../all-segments-store.ts";
import type { RecordingContext } from "../context.ts";
import { KEY_BLOB_BYTES } from "../keyring.ts";
import { keyBlob, type SegmentName, segmentBlob } from "../model.ts";
import { MAX_FILE_BYTES } from "../segment-file.ts";
import { SegmentStore } from "../segment-store.ts";
import { adopt } from "../upkeep/adoption.ts";

/** Read at once, written at once. */
const PIECE_BYTES = 8 * 1_048_576;

/** A copy of a segment, wherever it lies. */
export interface CopyToTakeIn {
  /** Undefined where there is none; fewer bytes where it ends before. */
  read(file: "segment" | "key", from: number, to: number): Promise<Uint8Array | undefined>;
}

/**
 * `known`: it is here, or was erased here and never comes back. `outside`: not of the time that is wanted. `foreign`: no
 * key here opens it, or it is not what its name says. `no_room`: the caps or the disk have none.
 */
export type TakenIn = "taken" | "known" | "outside" | "missing" | "foreign" | "no_room";

/**
 * Takes a segment in from a copy: its file, then its key, then its row, made from them alone. Cut off before the key is
 * there it is of no use, and the next start takes it away.
 */
export async function takeIn(
  context: RecordingContext,
  name: SegmentName,
  copy: CopyToTakeIn,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<{ readonly outcome: TakenIn; readonly bytes: number }> {
  const { blobs, db, room } = context;
  const store = new SegmentStore(db, name.tenantId);
  const ended = (outcome: TakenIn) => ({ outcome, bytes: 0 });
  // A row whose files are gone is what a database has that was put back on another machine.
  const row = await store.find(name.segmentId);
  if (row?.state === "erased" || (row !== undefined && (await hasFiles(context, name))))
    return ended("known");
  if (row === undefined && (await findSegment(db, name.segmentId)) !== undefined) return ended("foreign");
  const head = await copy.read("segment", 0, HEADER_BYTES);
  const header = head && parseHeader(head);
  const key = await copy.read("key", 0, KEY_BLOB_BYTES + 1);
  if (head === undefined || key === undefined) return ended("missing");
  if (header === undefined || key.length !== KEY_BLOB_BYTES) return ended("foreign");
  if (header.startMs < span.fromMs || header.startMs > span.toMs) return ended("outside");
  if ((await room.reserve(name.tenantId, MAX_FILE_BYTES)) !== undefined) return ended("no_room");
  try {
    const bytes = await write(context, name, copy);
    await blobs.put(keyBlob(name), key);
    if (row !== undefined) await store.delete(name.segmentId);
    const found = bytes === undefined ? "foreign" : await adopt(context, name);
    if (found === "adopted") return { outcome: "taken", bytes: (bytes ?? 0) + KEY_BLOB_BYTES };
    context.log.warn({ ...name, bytes, found }, "segment.not_taken_in");
    await room.removeFiles(name);
    return ended("foreign");
  } catch (error) {
    await room.removeFiles(name).catch(() => undefined);
    if (isAppError(error, "server.disk_full")) return ended("no_room");
    throw error;
  } finally {
    await room.giveBack(name.tenantId, MAX_FILE_BYTES);
    await room.recount(name.tenantId);
  }
}

const hasFiles = async ({ blobs }: RecordingContext, name: SegmentName): Promise<boolean> =>
  (await blobs.size(segmentBlob(name))) !== undefined && (await blobs.size(keyBlob(name))) !== undefined;

/** Answers its length; undefined when it is longer than any segment's. */
async function write(
  { blobs }: RecordingContext,
  name: SegmentName,
  copy: CopyToTakeIn,
): Promise<number | undefined> {
  // What an attempt before left.
  await blobs.remove(segmentBlob(name));
  const file = await blobs.create(segmentBlob(name));
  try {
    for (let at = 0; at <= MAX_FILE_BYTES; ) {
      const piece = await copy.read("segment", at, at + PIECE_BYTES);
      if (piece !== undefined && piece.length > 0) await file.append(piece);
      at += piece?.length ?? 0;
      if (piece === undefined || piece.length < PIECE_BYTES) return at;
    }
    return undefined;
  } finally {
    await file.close();
  }
}
