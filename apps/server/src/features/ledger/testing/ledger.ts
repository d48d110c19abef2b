import { type Clock, Secret, silentLogger, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import { createLedger, type LedgerFeature } from "../index.ts";
import type { Restore } from "../ports.ts";
import type { LedgerDatabase } from "../tables.ts";

export const TENANT: Uuid = "00000000-0000-4000-8000-00000000000a";
export const OTHER_TENANT: Uuid = "00000000-0000-4000-8000-00000000000b";
export const PERSON: Uuid = "00000000-0000-4000-8000-0000000000c1";

export const MASTER_KEY = new Secret<Uint8Array>(new Uint8Array(32).fill(7));

/** The ledger on this database; TENANT hosts the installation. */
export const ledgerOn = (
  db: LedgerDatabase,
  clock: Clock = systemClock,
  restore: () => Restore | undefined = () => undefined,
): LedgerFeature =>
  createLedger({
    db,
    clock,
    random: systemRandom,
    log: silentLogger,
    masterKey: MASTER_KEY,
    installationName: "gatehouse",
    people: {
      isHost: async (tenantId) => tenantId === TENANT,
      namesOf: async (_tenantId, ids) => new Map(ids.map((id) => [id, "Ada"])),
    },
    findRestore: async () => restore(),
    settings: { tenants: async () => [TENANT, OTHER_TENANT], retentionDays: () => 365 },
  });
