import { AppError, type Random } from "@gatehouse/base";
import type { Pool } from "pg";
import { holdsLog, isKeyOfLog, type LedgerTables } from "../features/ledger/index.ts";
import { createDatabase } from "../platform/database/index.ts";
import {
  fingerprintOfKey,
  type MasterKey,
  openMasterKey,
  type PassphraseSource,
} from "../platform/secrets/index.ts";

/**
 * The key of this database. Made only where the database is new; one that was lost or swapped is refused before anything
 * is read or signed with it: `key.missing`, `key.differs`.
 */
export async function openKeyOf(
  pool: Pool,
  dataDir: string,
  random: Random,
  passphrase?: PassphraseSource,
): Promise<MasterKey> {
  const db = createDatabase<LedgerTables>(pool);
  const masterKey = await openMasterKey(dataDir, random, {
    ...(passphrase === undefined ? {} : { passphrase }),
    mayMake: !(await holdsLog(db)),
  });
  if (!(await isKeyOfLog(db, masterKey)))
    throw new AppError("key.differs", { fingerprint: fingerprintOfKey(masterKey) });
  return masterKey;
}
