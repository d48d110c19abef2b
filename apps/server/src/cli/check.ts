import { join } from "node:path";
import { systemClock, systemRandom } from "@gatehouse/base";
import { ALL_MIGRATIONS } from "../compose/migrations.ts";
import { copiesFolder } from "../compose/offsite-wiring.ts";
import { withDatabase } from "../compose/open-database.ts";
import { cameraKeysOf, logEntries, recordingFolder } from "../compose/recording-wiring.ts";
import { type ChannelTables, signingKeysEver } from "../features/channel/index.ts";
import {
  checkLedger,
  describeReport,
  hasLedger,
  type LedgerTables,
  logReader,
  recordingSigner,
  trailAlone,
} from "../features/ledger/index.ts";
import { checkDeposits, describeDeposits, type OffsiteTables } from "../features/offsite/index.ts";
import {
  checkRecordings,
  describeRecordings,
  hasRecordings,
  type RecordingTables,
} from "../features/recordings/index.ts";
import { createFolderBlobs } from "../platform/blobs/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { verifyBackup } from "../platform/database/backup/restore-backup.ts";
import { checkDatabase } from "../platform/database/check-database.ts";
import { createDatabase } from "../platform/database/index.ts";
import { createLogger } from "../platform/logging/log.ts";
import { ensurePrivateFolder, openMasterKey } from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import { isRunning } from "./local-server.ts";
import type { Output } from "./output.ts";
import { passphraseSource } from "./secret-input.ts";

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * `check [BACKUP] [--repair]`: configuration, file modes, database and schema, the audit log, every recording; or a
 * backup folder. Answers whether all is well, which what was repaired is.
 */
export async function runCheck(
  config: Config,
  { words, options }: CommandLine,
  output: Output,
): Promise<boolean> {
  const backup = words[1];
  const findings =
    backup === undefined
      ? await checkInstallation(config, options.repair === true)
      : [
          await finding(
            "backup",
            async () => `${(await verifyBackup(backup)).tables.length} tables, every digest right`,
          ),
        ];
  output.result(findings, () =>
    findings.map(({ check, ok, detail }) => `${ok ? "ok    " : "WRONG "} ${check}: ${detail}`).join("\n"),
  );
  return findings.every(({ ok }) => ok);
}

async function checkInstallation(config: Config, repair: boolean): Promise<Finding[]> {
  const running = await isRunning(config);
  const findings: Finding[] = [
    { check: "configuration", ok: true, detail: config.dataDir },
    { check: "server", ok: true, detail: running ? "running" : "not running" },
    await finding("secrets folder", async () => {
      await ensurePrivateFolder(join(config.dataDir, "secrets"));
      return "readable by this user only";
    }),
  ];
  const database = await finding("database", async () => {
    const found = await withDatabase(config, { attach: running, log: createLogger("error") }, ({ pool }) =>
      checkDatabase(pool, ALL_MIGRATIONS, systemClock),
    );
    findings.push(...found);
    return "answers";
  });
  if (database.ok) findings.push(...(await checkLogs(config, running)));
  if (database.ok) findings.push(await checkCameras(config, running, repair));
  if (database.ok) findings.push(await checkInboxes(config, running));
  return [...findings, database];
}

/** The ledger, read again from its first entry: what is wrong is named by its index. */
async function checkLogs(config: Config, running: boolean): Promise<Finding[]> {
  const options = { attach: running, log: createLogger("error") };
  const findings: Finding[] = [];
  const read = await finding("ledger", async () => {
    const masterKey = await openMasterKey(config.dataDir, systemRandom, {
      passphrase: passphraseSource(config),
      mayMake: false,
    });
    await withDatabase(config, options, async ({ pool }) => {
      if (!(await hasLedger(pool))) return;
      for (const report of await checkLedger(createDatabase<LedgerTables>(pool), masterKey))
        findings.push({
          check: `ledger, log ${report.log}`,
          ok: report.problems.length === 0,
          detail: describeReport(report),
        });
    });
    return `${findings.length} logs read`;
  });
  return [...findings, read];
}

/** Recordings: every file is read. To repair, the server must not write to the same. */
async function checkCameras(config: Config, running: boolean, repair: boolean): Promise<Finding> {
  const check = "recordings";
  if (repair && running) return { check, ok: false, detail: "stop the server first, then repair" };
  const masterKey = await openMasterKey(config.dataDir, systemRandom, {
    passphrase: passphraseSource(config),
    mayMake: false,
  }).catch(() => undefined);
  if (masterKey === undefined) return { check, ok: false, detail: "cannot be read without the master key" };
  const options = { attach: running, log: createLogger("error") };
  try {
    const report = await withDatabase(config, options, async ({ pool }) => {
      const db = createDatabase<RecordingTables>(pool);
      if (!(await hasRecordings(db))) return undefined;
      const blobs = createFolderBlobs(recordingFolder(config), systemRandom);
      const parts = { clock: systemClock, random: systemRandom };
      const entries = logEntries(logReader(createDatabase<LedgerTables>(pool)));
      const signer = recordingSigner(masterKey);
      const channelDb = createDatabase<ChannelTables>(pool);
      const cameraKeys = async (cameraId: string) =>
        cameraKeysOf(cameraId, await signingKeysEver(channelDb, cameraId));
      return checkRecordings(
        { db, blobs, cameraKeys, entries, masterKey, signer, audit: trailAlone(parts), ...parts },
        { repair },
      );
    });
    if (report === undefined) return { check, ok: true, detail: "none yet" };
    return {
      check,
      ok: report.problems.every(({ repaired }) => repaired),
      detail: describeRecordings(report),
    };
  } catch (error) {
    return { check, ok: false, detail: (error as Error).message };
  }
}

/** What others keep here: every copy is read. */
async function checkInboxes(config: Config, running: boolean): Promise<Finding> {
  const check = "copies of others";
  const options = { attach: running, log: createLogger("error") };
  try {
    const report = await withDatabase(config, options, ({ pool }) =>
      checkDeposits(
        createDatabase<OffsiteTables>(pool),
        createFolderBlobs(copiesFolder(config), systemRandom),
      ),
    );
    if (report === undefined) return { check, ok: true, detail: "none yet" };
    return { check, ok: report.problems.length === 0, detail: describeDeposits(report) };
  } catch (error) {
    return { check, ok: false, detail: (error as Error).message };
  }
}

async function finding(check: string, run: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, detail: await run() };
  } catch (error) {
    return { check, ok: false, detail: (error as Error).message };
  }
}
