import { type Clock, Secret, silentLogger, systemClock, systemRandom, type Uuid } from "@gatehouse/base";
import { createLedger, type LedgerFeature } from "../index.ts";
import type { Restore, WitnessLinks } from "../ports.ts";
import type { LedgerDatabase } from "../tables.ts";

export const TENANT: Uuid = "00000000-0000-4000-8000-00000000000a";
export const OTHER_TENANT: Uuid = "00000000-0000-4000-8000-00000000000b";
export const PERSON: Uuid = "00000000-0000-4000-8000-0000000000c1";

export const MASTER_KEY = new Secret<Uint8Array>(new Uint8Array(32).fill(7));

export const SILENCE = { installationMs: 15 * 60_000, machineMs: 24 * 3_600_000 };

/** An installation without machines, whose people are told nothing. */
const NO_LINKS: WitnessLinks = {
  find: () => undefined,
  send: () => false,
  tell: async () => {},
  told: () => {},
};

/** The ledger on this database; TENANT hosts the installation. */
export const ledgerOn = (
  db: LedgerDatabase,
  clock: Clock = systemClock,
  restore: () => Restore | undefined = () => undefined,
  links: WitnessLinks = NO_LINKS,
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
      hostId: async () => TENANT,
    },
    names: () => [
      {
        kind: "person",
        permission: "ledger.read",
        list: (_scope, ids = new Set()) => [...ids].map((id) => ({ id, name: "Ada" })),
      },
    ],
    findRestore: async () => restore(),
    settings: {
      tenants: async () => [TENANT, OTHER_TENANT],
      retentionDays: () => 365,
      witnessSilence: () => SILENCE,
    },
    links,
  });
