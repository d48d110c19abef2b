import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppError, systemClock } from "@gatehouse/base";
import { withDatabase } from "../compose/open-database.ts";
import { hasLedger, type LedgerTables, recordAlone } from "../features/ledger/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { createBackup } from "../platform/database/backup/create-backup.ts";
import type { Manifest } from "../platform/database/backup/manifest.ts";
import { verifyBackup } from "../platform/database/backup/restore-backup.ts";
import { createDatabase } from "../platform/database/index.ts";
import { productVersion } from "../platform/http/server.ts";
import { createLogger } from "../platform/logging/log.ts";
import type { CommandLine } from "./arguments.ts";
import { isRunning } from "./local-server.ts";
import type { Output } from "./output.ts";
import { showProgress } from "./progress.ts";

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
      onProgress: showProgress(options.json === true),
    });
    // A schema from before the ledger is backed up all the same.
    if (await hasLedger(pool))
      await recordAlone(
        createDatabase<LedgerTables>(pool),
        { clock: systemClock },
        { kind: "backup.made", tenantId: undefined, actor: { kind: "machine" } },
      );
  });
  const manifest = await verifyBackup(folder);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const key = keyIn(manifest);
  output.result(
    { folder, rows, tables: manifest.tables.length, verified: true, key },
    () =>
      `${folder}: ${rows} rows in ${manifest.tables.length} tables, every digest checked. ${KEY_TEXTS[key]}`,
  );
}

/** How the master key lies in a backup. */
const KEY_TEXTS = {
  kit: "The master key is in it for the recovery kit's code alone. The rest of the folder is data: keep it like the server.",
  sealed:
    "The master key is in it, sealed with your passphrase. The rest of the folder is data: keep it like the server.",
  plain:
    "The folder holds the master key: keep it like the server. With a recovery kit (console, Settings, Recovery) later backups do without.",
} as const;

function keyIn({ files }: Manifest): keyof typeof KEY_TEXTS {
  const has = (name: string): boolean => files.some(({ path }) => path === `secrets/${name}`);
  if (has("master.key")) return "plain";
  return has("master.key.sealed") ? "sealed" : "kit";
}
