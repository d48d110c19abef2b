import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { AppError, type Clock } from "@gatehouse/base";
import { escapeIdentifier, type Pool, type PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { findKeyFile, plainKeyPath, readRecoveryKit } from "../../secrets/index.ts";
import { readCatalog, type TableInfo } from "./catalog.ts";
import { sha256OfFile } from "./digest-file.ts";
import { BACKUP_FORMAT, type Manifest } from "./manifest.ts";

export interface BackupOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly version: string;
  /** Whose keys and certificates are saved with the data. */
  readonly dataDir: string;
  /** Folder to make; must not exist. */
  readonly output: string;
  onProgress?(progress: { done: number; total: number; table: string }): void;
}

const PRIVATE_FOLDERS = ["secrets", "tls"];

/**
 * Copies every table in one REPEATABLE READ transaction while the server goes on, beside the keys without
 * which sealed columns cannot be read. The folder appears under its name only when it is whole.
 * It holds secrets: mode 0700.
 */
export async function createBackup(options: BackupOptions): Promise<Manifest> {
  const draft = `${options.output}.unfinished`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, "tables"), { recursive: true, mode: 0o700 });
  const client = await options.pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0");
    const manifest = await copyAll(client, draft, options);
    await client.query("commit");
    await writeFile(join(draft, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
    await rename(draft, options.output);
    return manifest;
  } catch (cause) {
    await client.query("rollback").catch(() => undefined);
    await rm(draft, { recursive: true, force: true });
    throw cause instanceof AppError
      ? cause
      : new AppError("backup.invalid", { reason: (cause as Error).message }, { cause });
  } finally {
    client.release(true);
  }
}

async function copyAll(client: PoolClient, folder: string, options: BackupOptions): Promise<Manifest> {
  const { rows: migrations } = await client.query<{ feature: string; id: string }>(
    "select feature, id from schema_migrations order by applied_at, feature, id",
  );
  const catalog = await readCatalog(client);
  const tables: Manifest["tables"] = [];
  for (const table of catalog) {
    options.onProgress?.({ done: tables.length, total: catalog.length, table: table.name });
    tables.push(await copyTable(client, folder, table));
  }
  return {
    format: BACKUP_FORMAT,
    version: options.version,
    createdMs: options.clock.nowMs(),
    migrations,
    tables,
    files: await copyPrivateFiles(options.dataDir, folder),
  };
}

async function copyTable(
  client: PoolClient,
  folder: string,
  table: TableInfo,
): Promise<Manifest["tables"][number]> {
  const path = join(folder, "tables", `${table.name}.copy.gz`);
  const columns = table.columns.map(escapeIdentifier).join(", ");
  const rows = client.query(
    copyTo(`copy (select ${columns} from ${escapeIdentifier(table.name)}) to stdout`),
  );
  await pipeline(rows, createGzip({ level: 3 }), createWriteStream(path, { mode: 0o600 }));
  return {
    name: table.name,
    columns: [...table.columns],
    partitions: table.partitions.map(([name, from, to]) => [name, from, to]),
    rows: rows.rowCount,
    sha256: await sha256OfFile(path),
  };
}

/** The master key itself stays here when the kit that goes along opens it: a copy that is stolen then opens nothing. */
async function isKeyInKit(dataDir: string): Promise<boolean> {
  const kit = await readRecoveryKit(dataDir);
  return kit !== undefined && kit.fingerprint === (await findKeyFile(dataDir))?.fingerprint;
}

async function copyPrivateFiles(dataDir: string, folder: string): Promise<Manifest["files"]> {
  const leftOut = (await isKeyInKit(dataDir)) ? plainKeyPath(dataDir) : undefined;
  const files: Manifest["files"] = [];
  for (const privateFolder of PRIVATE_FOLDERS) {
    const entries = await readdir(join(dataDir, privateFolder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || join(dataDir, privateFolder, entry.name) === leftOut) continue;
      const path = `${privateFolder}/${entry.name}`;
      await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
      await copyFile(join(dataDir, path), join(folder, path));
      files.push({ path, sha256: await sha256OfFile(join(folder, path)) });
    }
  }
  return files;
}
