import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@gatehouse/base";
import { expect, test } from "vitest";
import { ensurePrivateFolder } from "../../secrets/index.ts";
import type { FeatureMigrations } from "../migrate.ts";
import { createTestDatabase } from "../testing/index.ts";
import { createBackup } from "./create-backup.ts";
import { restoreDatabase, restorePrivateFiles, verifyBackup } from "./restore-backup.ts";

const create = `
  create table parents (id int generated always as identity primary key, name text);
  create table a_child (id int primary key, parent int not null references parents (id), doubled int generated always as (id * 2) stored);
  create table events (at timestamptz not null, what text, primary key (at)) partition by range (at);
  create table events_2026_03_01 partition of events for values from ('2026-03-01') to ('2026-03-02');`;
const before: FeatureMigrations[] = [{ feature: "things", migrations: [{ id: "001-create", up: create }] }];
const after: FeatureMigrations[] = [
  {
    feature: "things",
    migrations: [
      { id: "001-create", up: create },
      { id: "002-more", up: "alter table parents add column age int not null default 7" },
    ],
  },
];

async function filled() {
  const database = await createTestDatabase(before);
  await database.pool.query(
    "insert into parents (name) select 'tab\t new\nline \\ ' || n from generate_series(1, 500) n",
  );
  await database.pool.query("insert into a_child (id, parent) select n, n from generate_series(1, 300) n");
  await database.pool.query("insert into events values ('2026-03-01 10:00+00', null)");
  const dataDir = await mkdtemp(join(tmpdir(), "gatehouse backup "));
  await ensurePrivateFolder(join(dataDir, "secrets"));
  await writeFile(join(dataDir, "secrets", "master.key"), "key", { mode: 0o600 });
  const output = join(dataDir, "out");
  await createBackup({ pool: database.pool, clock: systemClock, version: "1", dataDir, output });
  return { database, dataDir, output };
}

const options = (folder: string, features: FeatureMigrations[]) => ({
  folder,
  features,
  clock: systemClock,
  log: silentLogger,
});

test("what was saved comes back exactly, into a newer schema, with keys and identity counters", async () => {
  const first = await filled();
  await using target = await createTestDatabase();
  const manifest = await restoreDatabase({ ...options(first.output, after), pool: target.pool });
  const rows = async (pool: typeof target.pool) =>
    (
      await pool.query(
        "select p.id, p.name, c.doubled from parents p left join a_child c on c.parent = p.id order by p.id",
      )
    ).rows;
  expect(await rows(target.pool)).toEqual(await rows(first.database.pool));
  expect((await target.pool.query("select count(*) as n from events")).rows).toEqual([{ n: 1 }]);
  expect(
    (await target.pool.query("insert into parents (name) values ('next') returning id, age")).rows,
  ).toEqual([{ id: 501, age: 7 }]);
  const dataDir = await mkdtemp(join(tmpdir(), "gatehouse-restored-"));
  await restorePrivateFiles(manifest, first.output, dataDir, () => false);
  expect(await readFile(join(dataDir, "secrets", "master.key"), "utf8")).toBe("key");
});

test("a changed, a missing and a foreign backup are refused by name", async () => {
  const { output } = await filled();
  const table = join(output, "tables", "parents.copy.gz");
  const bytes = await readFile(table);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(table, bytes);
  await expect(verifyBackup(output)).rejects.toMatchObject({
    code: "backup.invalid",
    fields: { file: "tables/parents.copy.gz" },
  });
  await expect(verifyBackup(join(output, "nowhere"))).rejects.toMatchObject({ code: "backup.invalid" });
  await writeFile(
    join(output, "manifest.json"),
    JSON.stringify({ format: 1, tables: [{ name: "x; drop table y" }] }),
  );
  await expect(verifyBackup(output)).rejects.toMatchObject({ code: "backup.invalid" });
});

test("a backup of a newer version is refused and changes nothing", async () => {
  const { output } = await filled();
  await using target = await createTestDatabase();
  await expect(restoreDatabase({ ...options(output, []), pool: target.pool })).rejects.toMatchObject({
    code: "backup.invalid",
  });
  expect((await target.pool.query("select to_regclass('parents') as found")).rows).toEqual([{ found: null }]);
});
