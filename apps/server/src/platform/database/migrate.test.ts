import { type Logger, silentLogger } from "@gatehouse/base";
import { recordingLogger, virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { type FeatureMigrations, migrate } from "./migrate.ts";
import { createPool } from "./pool.ts";
import { createTestDatabase, describeSchema } from "./testing/index.ts";

const CREATE = { id: "001-create", up: "create table meters (id int primary key, name text)" };
const UNIQUE_NAME = { id: "002-unique-name", up: "create unique index meters_name on meters (name)" };
const RENAME = {
  id: "003-not-null",
  up: "update meters set name = 'x' where name is null; alter table meters alter name set not null",
};

const meters = (...migrations: FeatureMigrations["migrations"]): FeatureMigrations[] => [
  { feature: "meters", migrations },
];

const clock = virtualClock();
const run = (
  pool: Parameters<typeof migrate>[0],
  features: FeatureMigrations[],
  log: Logger = silentLogger,
) => migrate(pool, features, { log, clock });

test("an upgraded schema equals a fresh one, and keeps its rows", async () => {
  await using upgraded = await createTestDatabase();
  await run(upgraded.pool, meters(CREATE));
  await upgraded.pool.query("insert into meters values (1, null)");
  await run(upgraded.pool, meters(CREATE, UNIQUE_NAME, RENAME));
  await using fresh = await createTestDatabase(meters(CREATE, UNIQUE_NAME, RENAME));
  const schema = await describeSchema(upgraded.pool);
  expect(schema).toEqual(await describeSchema(fresh.pool));
  expect(schema).toContain("meters.name text not null");
  expect((await upgraded.pool.query("select name from meters")).rows).toEqual([{ name: "x" }]);
});

test("a second run finds nothing to do", async () => {
  await using database = await createTestDatabase();
  const log = recordingLogger();
  await run(database.pool, meters(CREATE), log);
  await run(database.pool, meters(CREATE), log);
  expect(log.lines.map((line) => line.event)).toEqual(["database.migrated"]);
});

test("features migrate in the order of the list, functions and SQL alike", async () => {
  await using database = await createTestDatabase();
  const readings: FeatureMigrations = {
    feature: "readings",
    migrations: [
      {
        id: "001-create",
        up: async (sql) => {
          await sql("create table readings (meter_id int references meters)");
          await sql("insert into readings values ($1)", [(await sql("select id from meters"))[0]?.id]);
        },
      },
    ],
  };
  const seeded = { id: "002-seed", up: "insert into meters values (5, 'five')" };
  await run(database.pool, [...meters(CREATE, seeded), readings]);
  expect((await database.pool.query("select * from readings")).rows).toEqual([{ meter_id: 5 }]);
});

test("programs that start at once migrate once", async () => {
  await using database = await createTestDatabase();
  const slow = { id: "004-slow", up: "select pg_sleep(0.2); create table slow (id int)" };
  const log = recordingLogger();
  const pools = [1, 2, 3, 4].map(() => createPool({ connection: database.connection, log: silentLogger }));
  await Promise.all(pools.map((pool) => run(pool, meters(CREATE, slow), log)));
  expect(log.lines).toHaveLength(2);
  await Promise.all(pools.map((pool) => pool.end()));
});

test("a migration that fails leaves nothing of itself and all before it", async () => {
  await using database = await createTestDatabase();
  const broken = { id: "002-broken", up: "create table half (id int); select * from nowhere" };
  await expect(run(database.pool, meters(CREATE, broken))).rejects.toMatchObject({
    code: "database.migration_failed",
    fields: { migration: "meters/002-broken" },
    cause: { code: "42P01" },
  });
  const schema = (await describeSchema(database.pool)).join("\n");
  expect(schema).toContain("meters.id");
  expect(schema).not.toContain("half");
  await run(database.pool, meters(CREATE, { id: "002-broken", up: "create table half (id int)" }));
});

test("a list that rewrites the past is refused, and nothing of it is run", async () => {
  await using database = await createTestDatabase();
  await run(database.pool, meters(CREATE, RENAME));
  const before = await describeSchema(database.pool);
  const changed = { ...CREATE, up: `${CREATE.up} ` };
  const added = { id: "004-add", up: "create table added (id int)" };
  for (const migrations of [
    [changed, RENAME, added],
    [CREATE, UNIQUE_NAME, RENAME, added],
    [RENAME, CREATE],
  ]) {
    await expect(run(database.pool, meters(...migrations))).rejects.toMatchObject({
      code: "database.migration_changed",
    });
  }
  expect(await describeSchema(database.pool)).toEqual(before);
});

test("a program older than the schema is refused by name of what it does not know", async () => {
  await using database = await createTestDatabase();
  await run(database.pool, meters(CREATE, UNIQUE_NAME));
  await expect(run(database.pool, meters(CREATE))).rejects.toMatchObject({
    code: "database.schema_newer",
    fields: { unknown: ["meters/002-unique-name"] },
  });
});
