import { createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AppError, type Clock, type Logger } from "@gatehouse/base";
import { escapeIdentifier, escapeLiteral, type Pool, type PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type FeatureMigrations, migrate } from "../migrate.ts";
import { sha256OfFile } from "./digest-file.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** Reads the manifest and compares every file with its digest; fails with backup.invalid and the file's name. */
export async function verifyBackup(folder: string): Promise<Manifest> {
  const manifest = parseManifest(
    await readFile(join(folder, "manifest.json"), "utf8").catch((cause: unknown) => {
      throw new AppError("backup.invalid", { reason: "there is no manifest.json" }, { cause });
    }),
  );
  const files = [
    ...manifest.tables.map(({ name, sha256 }) => ({ path: `tables/${name}.copy.gz`, sha256 })),
    ...manifest.files,
  ];
  for (const { path, sha256 } of files) {
    const found = await sha256OfFile(join(folder, path)).catch(() => undefined);
    if (found !== sha256)
      throw new AppError("backup.invalid", {
        reason: found === undefined ? "a file is missing" : "a file was changed",
        file: path,
      });
  }
  return manifest;
}

export interface RestoreOptions {
  readonly pool: Pool;
  readonly folder: string;
  readonly features: readonly FeatureMigrations[];
  readonly clock: Clock;
  readonly log: Logger;
  onProgress?(progress: { done: number; total: number; table: string }): void;
}

/**
 * Loads a verified backup into an empty database: its own migrations first, then the rows in one transaction,
 * then the migrations that are newer than the backup. Fails with backup.invalid when a count differs.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Manifest> {
  const manifest = await verifyBackup(options.folder);
  const known = new Set(manifest.migrations.map(({ feature, id }) => `${feature}/${id}`));
  const then = options.features.map(({ feature, migrations }) => ({
    feature,
    migrations: migrations.filter(({ id }) => known.has(`${feature}/${id}`)),
  }));
  const available = then.reduce((sum, { migrations }) => sum + migrations.length, 0);
  if (available !== known.size)
    throw new AppError("backup.invalid", {
      reason: "the backup comes from a newer version",
      version: manifest.version,
    });
  await migrate(options.pool, then, options);
  await loadAll(manifest, options);
  await migrate(options.pool, options.features, options);
  return manifest;
}

async function loadAll(manifest: Manifest, options: RestoreOptions): Promise<void> {
  const client = await options.pool.connect();
  try {
    await client.query("begin");
    await client.query("set local statement_timeout = 0");
    for (const [index, table] of manifest.tables.entries()) {
      options.onProgress?.({ done: index, total: manifest.tables.length, table: table.name });
      await loadTable(client, options.folder, table);
    }
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => undefined);
    throw cause instanceof AppError
      ? cause
      : new AppError("backup.invalid", { reason: (cause as Error).message }, { cause });
  } finally {
    client.release(true);
  }
}

async function loadTable(
  client: PoolClient,
  folder: string,
  table: Manifest["tables"][number],
): Promise<void> {
  const name = escapeIdentifier(table.name);
  for (const [child, from, to] of table.partitions) {
    await client.query(
      `create table if not exists ${escapeIdentifier(child)} partition of ${name} for values from (${escapeLiteral(from)}) to (${escapeLiteral(to)})`,
    );
  }
  // A migration may have put rows of its own here; the backup's are the ones that count.
  await client.query(`delete from ${name}`);
  const into = client.query(
    copyFrom(`copy ${name} (${table.columns.map(escapeIdentifier).join(", ")}) from stdin`),
  );
  await pipeline(createReadStream(join(folder, "tables", `${table.name}.copy.gz`)), createGunzip(), into);
  if (into.rowCount !== table.rows)
    throw new AppError("backup.invalid", {
      reason: "a table has another number of rows",
      table: table.name,
      expected: table.rows,
      found: into.rowCount,
    });
  await raiseSequences(client, table);
}

/** New rows go on where the restored ones end. */
async function raiseSequences(client: PoolClient, table: Manifest["tables"][number]): Promise<void> {
  for (const column of table.columns) {
    const { rows } = await client.query<{ sequence: string | null }>(
      "select pg_get_serial_sequence($1, $2) as sequence",
      [`public.${escapeIdentifier(table.name)}`, column],
    );
    const sequence = rows[0]?.sequence;
    if (sequence == null) continue;
    await client.query(
      `select setval($1, greatest((select coalesce(max(${escapeIdentifier(column)}), 0) from ${escapeIdentifier(table.name)}), 1))`,
      [sequence],
    );
  }
}

/** Puts the backup's keys and certificates into `dataDir`, readable by this user only; keys that are there stay. */
export async function restorePrivateFiles(
  manifest: Manifest,
  folder: string,
  dataDir: string,
  isKept: (path: string) => boolean,
): Promise<void> {
  for (const { path } of manifest.files) {
    if (isKept(path)) continue;
    const target = join(dataDir, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(join(folder, path), target);
    await chmod(target, 0o600);
  }
}
