import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError, systemClock, systemRandom } from "@gatehouse/base";
import { ALL_MIGRATIONS } from "../compose/migrations.ts";
import { withDatabase } from "../compose/open-database.ts";
import { markRestored } from "../features/channel/index.ts";
import { hasLedger, type LedgerTables, recordAlone } from "../features/ledger/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { createBackup } from "../platform/database/backup/create-backup.ts";
import { dropTables, holdsTables } from "../platform/database/backup/empty-database.ts";
import {
  restoreDatabase,
  restorePrivateFiles,
  verifyBackup,
} from "../platform/database/backup/restore-backup.ts";
import { createDatabase } from "../platform/database/index.ts";
import { productVersion } from "../platform/http/server.ts";
import { createLogger } from "../platform/logging/log.ts";
import { openMasterKey } from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import { isRunning } from "./local-server.ts";
import type { Output } from "./output.ts";
import { UsageError } from "./usage-error.ts";

const progress = (json: boolean) => (step: { done: number; total: number; table: string }) => {
  if (!json) process.stderr.write(`  ${step.done + 1}/${step.total} ${step.table}\n`);
};

/** `backup [FOLDER]`: beside a running server or alone; then reads the copy back and compares every digest. */
export async function runBackup(
  config: Config,
  { words, options }: CommandLine,
  output: Output,
): Promise<void> {
  const stamp = new Date(systemClock.nowMs()).toISOString().slice(0, 19).replace(/[-:]/g, "");
  const folder = resolve(words[1] ?? join(config.dataDir, "backups", `gatehouse-${stamp}Z`));
  if (existsSync(folder)) throw new AppError("backup.exists", { folder });
  const running = await isRunning(config);
  await withDatabase(config, { attach: running, log: createLogger("error") }, async ({ pool }) => {
    await createBackup({
      pool,
      clock: systemClock,
      version: productVersion(),
      dataDir: config.dataDir,
      output: folder,
      onProgress: progress(options.json === true),
    });
    const masterKey = await openMasterKey(config.dataDir, systemRandom);
    // A schema from before the ledger is backed up all the same.
    if (await hasLedger(pool))
      await recordAlone(
        createDatabase<LedgerTables>(pool),
        { clock: systemClock, masterKey },
        { kind: "backup.made", tenantId: undefined, actor: { kind: "machine" } },
      );
  });
  const manifest = await verifyBackup(folder);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  output.result(
    { folder, rows, tables: manifest.tables.length, verified: true },
    () =>
      `${folder}: ${rows} rows in ${manifest.tables.length} tables, every digest checked. The folder holds secrets: keep it like the server.`,
  );
}

/** `restore FOLDER [--force]`: into an empty database; `--force` replaces what is there, after asking nothing twice. */
export async function runRestore(
  config: Config,
  { words, options }: CommandLine,
  output: Output,
): Promise<void> {
  const folder = words[1];
  if (folder === undefined) throw new UsageError({ usage: "gatehouse restore FOLDER [--force]" });
  if (await isRunning(config)) throw new AppError("server.already_running", { dataDir: config.dataDir });
  const manifest = await verifyBackup(resolve(folder));
  const log = createLogger("error");
  const embeddedDir = config.databaseUrl === "" ? join(config.dataDir, "postgres") : undefined;
  const open = { attach: false, log };
  const isFull =
    embeddedDir === undefined
      ? await withDatabase(config, open, ({ pool }) => holdsTables(pool))
      : existsSync(embeddedDir);
  if (isFull && options.force !== true) throw new AppError("restore.not_empty", { dataDir: config.dataDir });
  // Before anything is touched: a restore that is cut short counts too.
  await markRestored(config.dataDir, systemClock.nowMs());
  if (isFull && embeddedDir !== undefined) await rm(embeddedDir, { recursive: true });
  await withDatabase(config, open, async ({ pool }) => {
    if (isFull && embeddedDir === undefined) await dropTables(pool);
    await restoreDatabase({
      pool,
      folder: resolve(folder),
      features: ALL_MIGRATIONS,
      clock: systemClock,
      log,
      onProgress: progress(options.json === true),
    });
  });
  await restorePrivateFiles(manifest, resolve(folder), config.dataDir);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  output.result(
    { folder, rows, tables: manifest.tables.length },
    () =>
      `Restored ${rows} rows in ${manifest.tables.length} tables, counted. Start with: npm start\nAt the start the server makes new channel keys, applies every revocation again and ends all sessions.`,
  );
}
