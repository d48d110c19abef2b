import { silentLogger } from "@gatehouse/base";
import { expect, test } from "vitest";
import { Claim } from "./claim.ts";
import { createPool } from "./pool.ts";
import { createTestDatabase } from "./testing/index.ts";

const NAME = "the server";
const log = silentLogger;

test("one server at a time has a database, and the next when it let go", async () => {
  await using database = await createTestDatabase();
  const { connection } = database;
  const take = (patienceMs: number) =>
    Claim.take({ connection, log, name: NAME, patienceMs, onLost: () => undefined });
  const first = await take(0);
  await expect(take(300)).rejects.toMatchObject({ code: "database.in_use" });
  const waits = take(30_000);
  await first.release();
  const second = await waits;
  await expect(take(0)).rejects.toMatchObject({ code: "database.in_use" });
  await second.release();
});

test("what a server that died asked for is broken off before the next one looks", async () => {
  await using database = await createTestDatabase();
  const { connection, pool } = database;
  await pool.query("create table readings (n int)");
  const dead = createPool({ connection, log, name: NAME });
  const beside = createPool({ connection, log, name: "a command" });
  const late = dead.query("insert into readings select 1 from pg_sleep(20)").catch((error: Error) => error);
  await beside.query("select 1");
  const isAtWork = async () =>
    (
      await pool.query("select from pg_stat_activity where application_name = $1 and state = 'active'", [
        NAME,
      ])
    ).rowCount;
  await expect.poll(isAtWork).toBe(1);
  const claim = await Claim.take({ connection, log, name: NAME, onLost: () => undefined });
  expect(await isAtWork()).toBe(0);
  expect(await late).toBeInstanceOf(Error);
  expect((await pool.query("select from readings")).rowCount).toBe(0);
  expect((await beside.query("select pg_backend_pid() as pid")).rowCount).toBe(1);
  await Promise.all([claim.release(), dead.end(), beside.end()]);
});

test("a claim whose connection was cut is taken again; where another server was quicker, it is told once", async () => {
  await using database = await createTestDatabase();
  const { connection, pool } = database;
  let lost = 0;
  const options = { connection, log, name: NAME, patienceMs: 500 };
  const claim = await Claim.take({ ...options, onLost: () => void lost++ });
  /** The claim's connection, and the number of its lock. */
  const holder = async () =>
    (
      await pool.query<{ pid: number; objid: number }>(
        `select pid, objid from pg_locks where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())`,
      )
    ).rows[0];
  const cut = (pid: number | undefined) => pool.query("select pg_terminate_backend($1, 10000)", [pid]);
  const first = await holder();
  await cut(first?.pid);
  await expect.poll(holder, { timeout: 30_000 }).toBeDefined();
  const second = await holder();
  expect(second?.pid).not.toBe(first?.pid);
  expect(lost).toBe(0);

  const other = await pool.connect();
  const isOthers = other.query("select pg_advisory_lock($1)", [first?.objid]);
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  await expect.poll(async () => (await pool.query(waiting)).rowCount).toBe(1);
  await cut(second?.pid);
  await isOthers;
  await expect.poll(() => lost, { timeout: 30_000 }).toBe(1);
  await claim.release();
  other.release(true);
});

test("a claim that is given back at any moment while it is taken again leaves no connection", async () => {
  await using database = await createTestDatabase();
  const { connection, pool } = database;
  const open =
    "select pid from pg_stat_activity where datname = current_database() and application_name = $1";
  for (let waitMs = 0; waitMs < 25; waitMs++) {
    const claim = await Claim.take({ connection, log, name: NAME, onLost: () => undefined });
    const { rows } = await pool.query<{ pid: number }>(open, [NAME]);
    await pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await claim.release();
    await expect.poll(async () => (await pool.query(open, [NAME])).rowCount, { timeout: 20_000 }).toBe(0);
  }
}, 60_000);
