import { AppError } from "@gatehouse/base";
import { ledger } from "@gatehouse/contract";
import { encodeBase64 } from "@gatehouse/ledger";
import { type Route, route } from "../../platform/http/route.ts";
import type { CheckpointReader } from "./reading/checkpoint-reader.ts";
import type { EntryService } from "./reading/entry-service.ts";
import type { ProofService } from "./reading/proof-service.ts";

export interface LedgerServices {
  readonly entries: EntryService;
  readonly proofs: ProofService;
  readonly checkpoints: CheckpointReader;
}

export function ledgerRoutes({ entries, proofs, checkpoints }: LedgerServices): readonly Route[] {
  return [
    route(ledger.listLedgerEntries, ({ principal, query }) => entries.list(principal, query)),
    route(ledger.getLedgerEntry, ({ principal, params }) => entries.get(principal, params.eventId)),
    route(ledger.readLedgerRange, ({ principal, query }) => entries.range(principal.tenantId, query)),
    route(ledger.getLedgerHead, () => checkpoints.head()),
    route(ledger.proveLedgerConsistency, async ({ query }) => {
      const [first, second] = [Number(query.first), Number(query.second)];
      const log = await proofs.logOf(query.log);
      const hashes = await proofs.consistency(log, first, second);
      return { log: log.id, first, second, hashes: hashes.map(encodeBase64) };
    }),
    route(ledger.getLedgerCheckpoint, async () => found(await checkpoints.newestNote())),
    route(ledger.getLedgerKey, async () => `${found(await checkpoints.verifierKey())}\n`),
    route(ledger.getLedgerTile, async ({ request }) => found(await proofs.tile(tileIn(request)))),
    route(ledger.getLogCheckpoint, async ({ params }) =>
      found(await checkpoints.newestNote(Number(params.log))),
    ),
    route(
      ledger.getLogKey,
      async ({ params }) => `${found(await checkpoints.verifierKey(Number(params.log)))}\n`,
    ),
    route(ledger.getLogTile, async ({ request, params }) =>
      found(await proofs.tile(tileIn(request), Number(params.log))),
    ),
  ];
}

/** TypeBox cannot check a parameter of this name; only the one writing of a tile's path is taken. */
const tileIn = ({ params }: { readonly params: unknown }): string =>
  (params as { readonly "*": string })["*"];

function found<T>(answer: T | undefined): T {
  if (answer === undefined) throw new AppError("request.not_found");
  return answer;
}
