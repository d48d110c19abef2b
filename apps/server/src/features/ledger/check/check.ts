import { systemRandom } from "@gatehouse/base";
import type { MasterKey } from "../../../platform/secrets/index.ts";
import { logSigner } from "../log-key.ts";
import { LogStore } from "../log-store.ts";
import { PersonalValues } from "../personal.ts";
import type { LedgerDatabase } from "../tables.ts";
import { checkLog, type LogReport } from "./check-log.ts";
import { CheckStore } from "./check-store.ts";

/** Every log of the database, oldest first. Only reads; a server may run beside it. */
export async function checkLedger(db: LedgerDatabase, masterKey: MasterKey): Promise<LogReport[]> {
  const values = new PersonalValues(masterKey, systemRandom);
  const reports: LogReport[] = [];
  await new LogStore(db).snapshot(async (store, tx) => {
    for (const log of (await store.all()).reverse())
      reports.push(
        await checkLog(log, { store: new CheckStore(tx), values, signer: logSigner(masterKey, log.origin) }),
      );
  });
  return reports;
}

/** One line for people: `120 entries under 14 checkpoints` or what is wrong at which index. */
export const describeReport = ({ entries, checkpoints, problems }: LogReport): string =>
  problems.length === 0
    ? `${entries} entries under ${checkpoints} checkpoints`
    : problems.map(({ index, kind }) => `entry ${index}: ${kind.replace("_", " ")}`).join(", ");
