import { type Clock, type Random, randomBase62 } from "@gatehouse/base";
import { emptyRoot, encodeBase64, encodeVerifierKey, RESTORED_KIND, type Signer } from "@gatehouse/ledger";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import { sha256 } from "../../platform/secrets/index.ts";
import type { LogStore } from "./log-store.ts";
import type { Log } from "./model.ts";
import type { Restore } from "./ports.ts";
import { SeamStore } from "./recovery/seam-store.ts";
import type { LedgerDatabase } from "./tables.ts";

const ORIGIN_CHARACTERS = 16;

export interface OpeningDeps {
  readonly store: LogStore;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly signerOf: (origin: string) => Signer;
  /** First part of the log's name: where this installation is found, or "gatehouse". */
  readonly installationName: string;
}

/**
 * The log that grows, before the sequencer runs. On an empty database one is begun. After a restore another is begun,
 * whose first entry names the end of the one before; what waited for its place in the old log comes behind it.
 */
export const openLog = (deps: OpeningDeps, restore: Restore | undefined): Promise<Log> =>
  deps.store.transaction(async (store, tx) => {
    const current = await store.lockCurrent();
    if (current === undefined) return beginIn(store, tx, deps, { kind: "ledger.begun" });
    if (restore === undefined || (await new SeamStore(tx).isKnown(restore.id))) return current;
    return beginAfter(store, tx, deps, current, restore);
  });

async function beginAfter(
  store: LogStore,
  tx: LedgerDatabase,
  deps: OpeningDeps,
  previous: Log,
  { id: restoreId, backup }: Restore,
): Promise<Log> {
  const end = await store.lastCheckpoint(previous.id);
  const [size, root] = [end?.size ?? 0, end?.root ?? emptyRoot(sha256)];
  const log = await beginIn(store, tx, deps, {
    kind: RESTORED_KIND,
    // Our command runs as whoever rules the machine; otherwise nobody said who it was.
    actor: { kind: backup === undefined ? "system" : "machine" },
    data: {
      by: backup === undefined ? "unknown" : "command_line",
      backup: backup && { madeAt: new Date(backup.madeMs).toISOString(), sha256: backup.sha256 },
      entries: previous.frontier.size,
      previous: {
        log: encodeVerifierKey(deps.signerOf(previous.origin).key),
        size,
        root: encodeBase64(root),
      },
    },
  });
  const entry = await store.firstPending();
  const ids = { logId: log.id, previousId: previous.id, restoreId };
  const times = { atMs: deps.clock.nowMs(), backupMs: backup?.madeMs };
  await new SeamStore(tx).add({ ...ids, ...times, size, root, entry, note: end?.note });
  return log;
}

async function beginIn(
  store: LogStore,
  tx: LedgerDatabase,
  { audit, clock, random, installationName }: OpeningDeps,
  first: Pick<AuditEvent, "kind" | "data" | "actor">,
): Promise<Log> {
  const origin = `${installationName}/ledger/${randomBase62(random, ORIGIN_CHARACTERS)}`;
  const log = await store.create(origin, clock.nowMs());
  await audit.record(tx, { ...first, tenantId: undefined, data: { ...first.data, origin } });
  await store.putNewestFirst();
  return log;
}
