import { AppError, type Uuid } from "@gatehouse/base";
import { inclusionRanges, proveEntries, type Signer } from "@gatehouse/ledger";
import { sha256 } from "../../../platform/secrets/index.ts";
import type { Log } from "../model.ts";
import type { LedgerDatabase } from "../tables.ts";
import { cameraCertificate, comparable, recordingCertificate } from "../trust.ts";
import { type About, entriesAbout } from "./about-store.ts";
import { type ExportKeyDeps, exportKeys } from "./export-keys.ts";
import { type ExportSeamDeps, exportSeams } from "./export-seams.ts";
import { exportWitnessed } from "./export-witnessed.ts";
import type { VerifierFile } from "./verifier-files.ts";

export interface EvidenceDeps extends ExportSeamDeps, ExportKeyDeps {
  readonly db: LedgerDatabase;
  readonly flush: () => Promise<void>;
  readonly verifiers: readonly VerifierFile[];
  /** Of manifests of recordings. */
  readonly recordings: Signer;
}

/** What proves entries about some things to somebody who has only these files, and what a person compares. */
export interface EvidenceAbout {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly origin: string;
  readonly size: number;
  readonly fingerprint: string;
  readonly words: readonly string[];
  readonly verifiers: readonly VerifierFile[];
}

/**
 * The files of an export (docs/verify.md) with single proofs of the entries about these things, and with the
 * certificate of the key that signs recordings. Entries of several logs have no checkpoint in common: it is about the
 * log that has most of them.
 */
export async function evidenceAbout(
  deps: EvidenceDeps,
  tenantId: Uuid,
  about: readonly About[],
): Promise<EvidenceAbout> {
  const { checkpoints, db, flush, proofs, recordings, root, verifiers } = deps;
  await flush();
  const byLog = Map.groupBy(await entriesAbout(db, tenantId, about), ({ logId }) => logId);
  const [[logId, entries] = [undefined, []]] = [...byLog].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const newest = await checkpoints.newestOf((await proofs.logOf(logId?.toString())).id);
  if (newest === undefined) throw new AppError("ledger.range_invalid", { size: 0 });
  const { checkpoint, log } = newest;
  const proven = entries.filter(({ index }) => index < checkpoint.size);
  const indexes = proven.map(({ index }) => index);
  const seams = await exportSeams(deps, checkpoint);
  const cameras = cameraCertificates(proven, recordings);
  const keys = {
    ...(await exportKeys(deps, log)),
    recordings: recordingCertificate(recordings, root),
    ...(cameras.length === 0 ? {} : { cameras }),
  };
  const files = {
    checkpoint: checkpoint.note,
    "keys.json": JSON.stringify(keys),
    ...(seams.length === 0 ? {} : { "seams.json": JSON.stringify(seams) }),
    "witnessed.json": JSON.stringify(await exportWitnessed(deps, log, checkpoint.size, indexes)),
    "events.ndjson": proven.map(({ event }) => `${Buffer.from(event).toString()}\n`).join(""),
    "proofs.json": JSON.stringify(await proofsOf(deps, log, indexes, checkpoint.size)),
  };
  return {
    files: Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
    origin: log.origin,
    size: checkpoint.size,
    ...comparable(root),
    verifiers,
  };
}

/** More cameras than one archive holds. */
const MAX_CAMERA_KEYS = 128;

/**
 * Where a camera's own machine signed, its entry names the key, which was held against the machine's enrolment before
 * it was logged.
 */
function cameraCertificates(
  entries: readonly { readonly event: Uint8Array }[],
  recordings: Signer,
): string[] {
  const signers = new Map<string, readonly [cameraId: string, key: string]>();
  for (const { event } of entries) {
    const { kind, data } = JSON.parse(Buffer.from(event).toString()) as {
      kind: string;
      data: Record<string, unknown>;
    };
    const { cameraId, signer } = data;
    if (kind !== "recording.sealed") continue;
    if (typeof cameraId !== "string" || typeof signer !== "string") continue;
    if (signers.size < MAX_CAMERA_KEYS) signers.set(`${cameraId} ${signer}`, [cameraId, signer]);
  }
  return [...signers.values()].map(([cameraId, key]) => cameraCertificate(cameraId, key, recordings));
}

async function proofsOf({ proofs }: EvidenceDeps, log: Log, indexes: readonly number[], size: number) {
  const ranges = indexes.flatMap((index) => [
    { start: index, end: index + 1 },
    ...inclusionRanges(index, size),
  ]);
  return proveEntries(indexes, size, await proofs.hashesOf(log, ranges), sha256);
}
