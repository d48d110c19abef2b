import {
  consistencyRanges,
  encodeBase64,
  MAX_WITNESSED,
  proveConsistency,
  type WitnessedCheckpoint,
} from "@gatehouse/ledger";
import { sha256 } from "../../../platform/secrets/index.ts";
import type { Log } from "../model.ts";
import type { ProofService } from "../reading/proof-service.ts";
import type { LedgerDatabase } from "../tables.ts";
import { cosignedNotes, cosignedSizes } from "./witnessed-store.ts";

export interface ExportWitnessedDeps {
  readonly db: LedgerDatabase;
  readonly proofs: ProofService;
}

/**
 * `witnessed.json` (docs/verify.md) beside entries of these rising indexes under a checkpoint of `size`: between which
 * checkpoints that witnesses cosigned the log took each of them in.
 */
export async function exportWitnessed(
  { db, proofs }: ExportWitnessedDeps,
  log: Log,
  size: number,
  indexes: readonly number[],
): Promise<WitnessedCheckpoint[]> {
  const [first, last] = [indexes[0], indexes.at(-1)];
  if (first === undefined || last === undefined) return [];
  const cosigned = await cosignedSizes(db, { logId: log.id, first, last: last + 1, below: size });
  const sizes = spread(sizesAround(cosigned, indexes), MAX_WITNESSED);
  const hashAt = await proofs.hashesOf(
    log,
    sizes.flatMap((earlier) => consistencyRanges(earlier, size)),
  );
  const notes = await cosignedNotes(db, log.id, sizes);
  return notes.map(({ note, size: earlier }) => ({
    checkpoint: note,
    proof: encodeBase64(Buffer.concat(proveConsistency(earlier, size, hashAt, sha256))),
  }));
}

/** Of each index the greatest size that does not hold it, and the smallest that does. Both lists rise. */
export function sizesAround(sizes: readonly number[], indexes: readonly number[]): number[] {
  const found = new Set<number>();
  let next = 0;
  for (const index of indexes) {
    while (next < sizes.length && (sizes[next] as number) <= index) next++;
    for (const size of [sizes[next - 1], sizes[next]]) if (size !== undefined) found.add(size);
  }
  return [...found];
}

/** At most so many of them, both ends among them, as evenly as can be. */
export const spread = (sizes: readonly number[], most: number): readonly number[] =>
  sizes.length <= most
    ? sizes
    : Array.from({ length: most }, (_, at) => {
        const place = Math.round((at * (sizes.length - 1)) / (most - 1));
        return sizes[place] as number;
      });
