import { isAppError } from "@gatehouse/base";
import { parseHeader, uuidOf } from "@gatehouse/video";
import { sha256Hex } from "../../../platform/secrets/index.ts";
import type { RecordingContext } from "../context.ts";
import { KEY_BLOB_BYTES } from "../keyring.ts";
import { keyBlob, type SegmentName, segmentBlob } from "../model.ts";
import type { LogEntries } from "../ports.ts";
import { sealedEvent } from "../recording/open-segment.ts";
import { MAX_FILE_BYTES, readIndex } from "../segment-file.ts";
import { SegmentStore } from "../segment-store.ts";

/** `useless`: nobody can ever read it. `foreign`: of an organisation, a key or a place that is not known here. */
export type Adopted = "adopted" | "useless" | "foreign";

type Needs = Pick<RecordingContext, "audit" | "blobs" | "cameraKeys" | "db" | "keyring" | "signer"> & {
  readonly entries: Pick<LogEntries, "hashesOf">;
};

/**
 * A segment's files without a row: an older database was put back. Its index is made anew from the files alone; what
 * has no key any more was erased, and is nothing. The log, which is older too, hears of it with today's time; what it
 * knows under another hash is not what was sealed.
 */
export async function adopt(needs: Needs, name: SegmentName): Promise<Adopted> {
  const { audit, blobs, cameraKeys, db, entries, keyring, signer } = needs;
  const file = await blobs.read(segmentBlob(name), 0, MAX_FILE_BYTES);
  if (file === undefined || (await blobs.size(keyBlob(name))) === undefined) return "useless";
  const key = await keyring.open(name).catch((error: unknown) => {
    if (isAppError(error, "secret.unreadable")) return undefined;
    throw error;
  });
  const header = parseHeader(file);
  if (key === undefined || header === undefined) return "foreign";
  const isInPlace = uuidOf(header.segmentId) === name.segmentId && uuidOf(header.cameraId) === name.cameraId;
  const found = readIndex(file, key, [signer.key, ...(await cameraKeys(name.cameraId))]);
  if (!isInPlace || found.fault === "wrong_key") return "foreign";
  if (found.chunks.length === 0) return "useless";
  const { codec, firstMs, lastMs, chunks, signed } = found;
  const manifestSha256 = signed && sha256Hex(signed.note);
  const logged = await entries.hashesOf(name.tenantId, name.segmentId);
  const isOther = manifestSha256 !== undefined && logged.some((hash) => hash !== manifestSha256);
  const unsigned = found.fault === "chunk_altered" ? "damaged" : "unsigned";
  const isKnown = await db.transaction().execute(async (tx) => {
    const isIn = await new SegmentStore(tx, name.tenantId).insertFound(name, {
      ...{ codec, firstMs, lastMs, chunks, manifestSha256 },
      startMs: header.startMs,
      state: isOther ? "damaged" : signed === undefined ? unsigned : "sealed",
      bytes: file.length + KEY_BLOB_BYTES,
      manifest: signed?.note,
    });
    const isNew = isIn && logged.length === 0;
    if (isNew && signed !== undefined && manifestSha256 !== undefined)
      await audit.record(tx, sealedEvent(name, signed, manifestSha256, signer.key));
    return isIn;
  });
  return isKnown ? "adopted" : "foreign";
}
