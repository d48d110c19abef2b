import { silentLogger } from "@gatehouse/base";
import { recordingLogger } from "@gatehouse/testkit";
import { expect, test, vi } from "vitest";
import { isDatabaseUnavailable, isForeignKeyViolation, isUniqueViolation } from "./pg-errors.ts";
import { createPool } from "./pool.ts";
import { prepared } from "./prepared.ts";
import { createTestDatabase } from "./testing/index.ts";

test("bigint is a number, and one that no number can hold is refused", async () => {
  await using database = await createTestDatabase();
  const ask = (sql: string) => database.pool.query(sql).then(({ rows }) => rows[0]);
  expect(await ask("select 9007199254740991::bigint as n, count(*) as c")).toEqual({
    n: 9007199254740991,
    c: 1,
  });
  await expect(ask("select 9007199254740993::bigint as n")).rejects.toThrow("bigint beyond 2^53");
  expect(await ask("select 1 as still")).toEqual({ still: 1 });
});

test("a prepared statement is planned once by each connection, in a transaction and outside", async () => {
  await using database = await createTestDatabase();
  const pool = createPool({ connection: database.connection, log: silentLogger, maxConnections: 1 });
  const text = prepared("select $1::int + 1 as next");
  const plans = async () => (await pool.query("select statement from pg_prepared_statements")).rows;
  expect((await pool.query(text, [1])).rows).toEqual([{ next: 2 }]);
  const client = await pool.connect();
  await client.query("begin");
  expect((await client.query(prepared(text), [2])).rows).toEqual([{ next: 3 }]);
  await client.query("commit");
  client.release();
  await pool.query("select 1 as other");
  expect(await plans()).toEqual([{ statement: text }]);
  await pool.end();
});

test("a statement that takes too long is given up by the server", async () => {
  await using database = await createTestDatabase();
  const pool = createPool({ connection: database.connection, log: silentLogger, statementTimeoutMs: 50 });
  await expect(pool.query("select pg_sleep(60)")).rejects.toMatchObject({ code: "57014" });
  await pool.end();
});

test("lost connections, idle or in use, fail only their own statement and are replaced", async () => {
  await using database = await createTestDatabase();
  const log = recordingLogger();
  const pool = createPool({ connection: database.connection, log, name: "victim" });
  const held = await pool.connect();
  await pool.query("select 1");
  const running = held.query("select pg_sleep(60)").catch((error: unknown) => error);
  await vi.waitFor(async () => {
    const busy = await database.pool.query(
      "select from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
    );
    expect(busy.rowCount).toBe(1);
  }, 30_000);
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'",
  );
  expect(isDatabaseUnavailable(await running)).toBe(true);
  held.release(true);
  await expect.poll(() => log.lines.map((line) => line.event)).toContain("database.connection_lost");
  // Both: the one that was idle may hear later that it is cut.
  await expect.poll(() => pool.totalCount).toBe(0);
  expect((await pool.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  await pool.end();
});

test("a server that is not there is unavailable", async () => {
  await using database = await createTestDatabase();
  const pool = createPool({ connection: { ...database.connection, host: "/nowhere" }, log: silentLogger });
  const failure = await pool.query("select 1").catch((error: unknown) => error);
  expect(isDatabaseUnavailable(failure)).toBe(true);
  expect(isDatabaseUnavailable(new Error("something else"))).toBe(false);
  await pool.end();
});

test("broken constraints are told apart by name", async () => {
  await using database = await createTestDatabase();
  await database.pool.query("create table a (id int primary key); create table b (a_id int references a)");
  const fail = (sql: string) =>
    database.pool.query(sql).then(
      () => undefined,
      (error: unknown) => error,
    );
  const twice = await fail("insert into a values (1), (1)");
  expect([
    isUniqueViolation(twice),
    isUniqueViolation(twice, "a_pkey"),
    isUniqueViolation(twice, "a_other"),
  ]).toEqual([true, true, false]);
  const dangling = await fail("insert into b values (9)");
  expect([isForeignKeyViolation(dangling, "b_a_id_fkey"), isUniqueViolation(dangling)]).toEqual([
    true,
    false,
  ]);
});
