import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError, systemClock, systemRandom } from "@gatehouse/base";
import { hasErasureList } from "../compose/erasure-list-file.ts";
import { ALL_MIGRATIONS } from "../compose/migrations.ts";
import { withDatabase } from "../compose/open-database.ts";
import { markRestored } from "../features/channel/index.ts";
import type { Config } from "../platform/config/schema.ts";
import { dropTables, holdsTables } from "../platform/database/backup/empty-database.ts";
import {
  restoreDatabase,
  restorePrivateFiles,
  verifyBackup,
} from "../platform/database/backup/restore-backup.ts";
import { createLogger } from "../platform/logging/log.ts";
import {
  findKeyFile,
  type MasterKey,
  openRecoveryKit,
  parseRecoveryCode,
  readRecoveryKit,
  sha256Hex,
  writePlainKey,
} from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import { isRunning } from "./local-server.ts";
import type { Output } from "./output.ts";
import { showProgress } from "./progress.ts";
import { recoveryCode } from "./secret-input.ts";
import { UsageError } from "./usage-error.ts";

/** `restore FOLDER [--force]`: into an empty database; `--force` replaces what is there, after asking nothing twice. */
export async function runRestore(
  config: Config,
  { words, options }: CommandLine,
  output: Output,
): Promise<void> {
  if (words[1] === undefined) throw new UsageError({ usage: "gatehouse restore FOLDER [--force]" });
  const folder = resolve(words[1]);
  if (await isRunning(config)) throw new AppError("server.already_running", { dataDir: config.dataDir });
  const manifest = await verifyBackup(folder);
  const log = createLogger("error");
  const embeddedDir = config.databaseUrl === "" ? join(config.dataDir, "postgres") : undefined;
  const open = { attach: false, log };
  const isFull =
    embeddedDir === undefined
      ? await withDatabase(config, open, ({ pool }) => holdsTables(pool))
      : existsSync(embeddedDir);
  if (isFull && options.force !== true) throw new AppError("restore.not_empty", { dataDir: config.dataDir });
  const key = await keyFor(config.dataDir, folder, String(options["code-file"] ?? ""));
  // Before anything is touched: a restore that is cut short counts too.
  const backup = { madeMs: manifest.createdMs, sha256: await manifestDigest(folder) };
  await markRestored(config.dataDir, backup, systemClock);
  if (isFull && embeddedDir !== undefined) await rm(embeddedDir, { recursive: true });
  await withDatabase(config, open, async ({ pool }) => {
    if (isFull && embeddedDir === undefined) await dropTables(pool);
    await restoreDatabase({
      pool,
      folder,
      features: ALL_MIGRATIONS,
      clock: systemClock,
      log,
      onProgress: showProgress(options.json === true),
    });
  });
  await restorePrivateFiles(manifest, folder, config.dataDir, (path) => key.keeps.has(path));
  if (key.recovered !== undefined) await writePlainKey(config.dataDir, key.recovered, systemRandom);
  const erasures = hasErasureList(config.dataDir) ? "replayed" : "unknown";
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  output.result({ folder, rows, tables: manifest.tables.length, key: key.from, erasures }, () =>
    describe({ rows, tables: manifest.tables.length, madeMs: manifest.createdMs, erasures }),
  );
}

interface KeyFor {
  readonly from: "here" | "backup" | "kit";
  /** Files of the backup that do not replace those that are here. */
  readonly keeps: ReadonlySet<string>;
  readonly recovered?: MasterKey;
}

const KEY_FILES = ["secrets/master.key", "secrets/master.key.sealed"];
const KIT_FILE = "secrets/recovery-kit.json";

/**
 * Where the key comes from: it is here already, the backup has it, or its recovery kit gives it for the code. Changes
 * nothing. Refuses `restore.other_installation`, `key.missing`, `recovery.code_wrong` and `recovery.code_malformed`.
 */
async function keyFor(dataDir: string, folder: string, codeFile: string): Promise<KeyFor> {
  const here = await findKeyFile(dataDir);
  const there = await findKeyFile(folder, readWhereverItIs);
  const kit = await readRecoveryKit(folder, readWhereverItIs);
  const fingerprint = there?.fingerprint ?? kit?.fingerprint;
  if (here !== undefined && fingerprint !== undefined && here.fingerprint !== fingerprint)
    throw new AppError("restore.other_installation", { here: here.fingerprint, backup: fingerprint });
  const keptKit = (await readRecoveryKit(dataDir)) === undefined ? [] : [KIT_FILE];
  if (here !== undefined) return { from: "here", keeps: new Set([...KEY_FILES, ...keptKit]) };
  if (there !== undefined) return { from: "backup", keeps: new Set(keptKit) };
  if (kit === undefined) throw new AppError("key.missing", { folder });
  const recovered = openRecoveryKit(kit, parseRecoveryCode(await recoveryCode(codeFile)));
  return { from: "kit", keeps: new Set(keptKit), recovered };
}

/** A backup that came over a stick or a share has lost the modes of its files. */
const readWhereverItIs = (path: string): Promise<Uint8Array | undefined> =>
  readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

const manifestDigest = async (folder: string): Promise<string> =>
  sha256Hex(await readFile(join(folder, "manifest.json")));

function describe(done: {
  readonly rows: number;
  readonly tables: number;
  readonly madeMs: number;
  readonly erasures: "replayed" | "unknown";
}): string {
  const made = new Date(done.madeMs).toISOString();
  return [
    `Restored ${done.rows} rows in ${done.tables} tables, counted. Start with: npm start`,
    "At the start the server makes new channel keys, applies every revocation again, ends all sessions and begins a new audit log, which names the end of the old one: the owner is asked to acknowledge it.",
    done.erasures === "replayed"
      ? "Whoever was erased since the backup is erased again."
      : `There is no list of erasures here: whoever was erased after ${made} is back. Copy erased/people.json from the data folder of the old machine before the start, or erase them again.`,
  ].join("\n");
}
