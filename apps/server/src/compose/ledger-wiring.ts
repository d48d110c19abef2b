import { createLedger, type LedgerFeature, type LedgerTables } from "../features/ledger/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./features.ts";

type Db = ReturnType<typeof createDatabase<LedgerTables>>;

export function ledgerOf(house: House, db: Db): LedgerFeature {
  const { clock, random, log, masterKey, config } = house;
  const installationName = config.publicUrl === "" ? "gatehouse" : new URL(config.publicUrl).hostname;
  return createLedger({ db, clock, random, log, masterKey, installationName });
}
