import { openCheckpoint, parseNote } from "@gatehouse/ledger";
import type { MasterKey } from "../../platform/secrets/index.ts";
import { logSigner } from "./log-key.ts";
import { LogStore } from "./log-store.ts";
import type { LedgerDatabase } from "./tables.ts";

/** Whether there is something that a master key belongs to. */
export const holdsLog = async (db: LedgerDatabase): Promise<boolean> =>
  (await new LogStore(db).current()) !== undefined;

/** Whether the key is the one that signed the newest checkpoint; any key is, where there is none yet. */
export async function isKeyOfLog(db: LedgerDatabase, masterKey: MasterKey): Promise<boolean> {
  const store = new LogStore(db);
  for (const { id, origin } of await store.all()) {
    const checkpoint = await store.lastCheckpoint(id);
    if (checkpoint === undefined) continue;
    return openCheckpoint(parseNote(checkpoint.note), logSigner(masterKey, origin).key) !== undefined;
  }
  return true;
}
