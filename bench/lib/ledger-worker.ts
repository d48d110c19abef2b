// Child process: appends to the ledger of a running server with what its features append with, each entry committed
// by itself, and times each from the call to the end of the commit. stdin: one JSON LedgerPlan; stdout: one JSON LedgerLoad at the end.
import { text } from "node:stream/consumers";
import { silentLogger, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import type { LedgerTables } from "../../apps/server/src/features/ledger/index.ts";
import { PersonalValues } from "../../apps/server/src/features/ledger/personal.ts";
import { Trail } from "../../apps/server/src/features/ledger/trail.ts";
import { askedBy } from "../../apps/server/src/platform/audit/index.ts";
import {
  createDatabase,
  createPool,
  type PostgresConnection,
} from "../../apps/server/src/platform/database/index.ts";
import { openMasterKey } from "../../apps/server/src/platform/secrets/index.ts";

export interface LedgerPlan {
  readonly connection: PostgresConnection;
  readonly dataDir: string;
  readonly tenantId: Uuid;
  readonly seconds: number;
  /** Acts under way at once. */
  readonly concurrency: number;
}

export interface LedgerLoad {
  readonly appended: number;
  readonly seconds: number;
  readonly delaysMs: readonly number[];
}

const plan = JSON.parse(await text(process.stdin)) as LedgerPlan;
const pool = createPool({
  connection: plan.connection,
  log: silentLogger,
  maxConnections: plan.concurrency,
});
const db = createDatabase<LedgerTables>(pool);
const trail = new Trail({
  clock: systemClock,
  random: systemRandom,
  values: new PersonalValues(await openMasterKey(plan.dataDir, systemRandom), systemRandom),
  onRecorded: () => undefined,
});
const asker = {
  actor: { kind: "person", id: plan.tenantId, tenantId: plan.tenantId },
  address: "192.0.2.7",
  client: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  recorded: new Set<never>(),
} as const;
const delaysMs: number[] = [];
const startMs = performance.now();
const endMs = startMs + plan.seconds * 1_000;

async function act(): Promise<void> {
  while (performance.now() < endMs) {
    const beforeMs = performance.now();
    // One statement, which is a transaction: what the act itself writes is not the ledger's.
    await trail.record(db, {
      kind: "device.changed",
      tenantId: plan.tenantId,
      subject: { kind: "device", id: plan.tenantId },
      data: { name: "boiler-7", change: { label: `Boiler ${delaysMs.length}` } },
    });
    delaysMs.push(performance.now() - beforeMs);
  }
}

await askedBy(asker, () => Promise.all(Array.from({ length: plan.concurrency }, act)));
const load: LedgerLoad = {
  appended: delaysMs.length,
  seconds: (performance.now() - startMs) / 1_000,
  delaysMs,
};
await pool.end();
process.stdout.write(`${JSON.stringify(load)}\n`);
