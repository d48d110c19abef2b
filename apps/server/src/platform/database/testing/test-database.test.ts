import { expect, test } from "vitest";
import type { FeatureMigrations } from "../migrate.ts";
import { createTestDatabase } from "./test-database.ts";

const NOTES: FeatureMigrations = {
  feature: "notes",
  migrations: [{ id: "001-create", up: "create table notes (id bigint primary key, text text not null)" }],
};

interface NoteTables {
  notes: { id: number; text: string };
}

test("what one test database holds is not seen in another", async () => {
  await using first = await createTestDatabase<NoteTables>([NOTES]);
  await using second = await createTestDatabase<NoteTables>([NOTES]);
  await first.db.insertInto("notes").values({ id: 1, text: "one" }).execute();
  expect(await first.db.selectFrom("notes").selectAll().execute()).toEqual([{ id: 1, text: "one" }]);
  expect(await second.db.selectFrom("notes").selectAll().execute()).toEqual([]);
});

test("the migrations run once for all databases of a run", async () => {
  let runs = 0;
  const counted: FeatureMigrations = {
    feature: "counted",
    migrations: [
      {
        id: "001-count",
        up: async (sql) => {
          runs++;
          await sql("create table counted (id int)");
        },
      },
    ],
  };
  const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase([counted])));
  for (const database of databases) {
    expect((await database.pool.query("select * from counted")).rows).toEqual([]);
    await database[Symbol.asyncDispose]();
  }
  expect(runs).toBe(1);
});

test("a disposed test database is gone from the server", async () => {
  const database = await createTestDatabase();
  await database[Symbol.asyncDispose]();
  await using other = await createTestDatabase();
  const { rowCount } = await other.pool.query("select from pg_database where datname = $1", [
    database.connection.database,
  ]);
  expect(rowCount).toBe(0);
});
