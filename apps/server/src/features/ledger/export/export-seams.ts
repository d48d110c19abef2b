import { type ExportSeam, encodeBase64, type Signer } from "@gatehouse/ledger";
import type { LogStore } from "../log-store.ts";
import type { StoredCheckpoint } from "../model.ts";
import type { CheckpointReader } from "../reading/checkpoint-reader.ts";
import type { ProofService } from "../reading/proof-service.ts";
import type { SeamService } from "../recovery/seam-service.ts";
import type { StoredSeam } from "../recovery/seam-store.ts";
import { certificateOf } from "../trust.ts";

export interface ExportSeamDeps {
  readonly store: LogStore;
  readonly seams: SeamService;
  readonly proofs: ProofService;
  readonly checkpoints: CheckpointReader;
  readonly signerOf: (origin: string) => Signer;
  readonly root: Signer;
}

/**
 * `seams.json` (docs/verify.md), the newest first, beside the checkpoint that is exported; a log that follows and has no
 * checkpoint yet is left out.
 */
export async function exportSeams(deps: ExportSeamDeps, exported: StoredCheckpoint): Promise<ExportSeam[]> {
  const stored = await deps.seams.seams();
  const seams = await Promise.all(stored.map((seam) => exportSeam(deps, seam, exported)));
  return seams.filter((seam) => seam !== undefined);
}

async function exportSeam(
  { store, seams, proofs, checkpoints, signerOf, root }: ExportSeamDeps,
  seam: StoredSeam,
  exported: StoredCheckpoint,
): Promise<ExportSeam | undefined> {
  const checkpoint = seam.logId === exported.logId ? exported : await checkpoints.newest(seam.logId);
  // After its checkpoint, of which it holds all.
  const [log, previous, acknowledgement] = await Promise.all([
    store.find(seam.logId),
    store.find(seam.previousId),
    seams.noteOf(seam),
  ]);
  if (log === undefined || previous === undefined || checkpoint === undefined) return undefined;
  const proof = await proofs.inclusion(log, 0, checkpoint.size);
  return {
    certificate: certificateOf(signerOf(log.origin), root),
    checkpoint: checkpoint.note,
    entry: Buffer.from(seam.entry).toString("utf8"),
    proof: encodeBase64(Buffer.concat(proof)),
    previousCertificate: certificateOf(signerOf(previous.origin), root),
    ...(seam.note === undefined ? {} : { previousCheckpoint: seam.note }),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
  };
}
