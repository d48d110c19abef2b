import type { Reading, SealedMark } from "@gatehouse/contract";
import type { PoolClient } from "pg";
import { expect, test } from "vitest";
import { type House, openHouse, START_MS } from "../testing/house.ts";

const MARK: SealedMark = { keyId: "0123456789abcdef", sequence: 7n };
const sealed: Partial<Reading> = { tsMs: START_MS, numbers: [["t", 21]], sealed: [MARK] };
const plain: Partial<Reading> = { tsMs: START_MS + 1, numbers: [["t", 22]] };

/** Writes marks into a table of its own, and does before the commit what the test says. */
class Marks {
  afterWriting: (client: PoolClient) => Promise<void> = async () => {};

  async write(client: PoolClient, marks: readonly SealedMark[]): Promise<void> {
    for (const { keyId, sequence } of marks)
      await client.query("insert into test_marks values ($1, $2)", [keyId, String(sequence)]);
    await this.afterWriting(client);
  }
}

async function open(): Promise<{ house: House; marks: Marks; kept(): Promise<unknown> }> {
  const marks = new Marks();
  const house = await openHouse({ sealedMarks: marks });
  const { pool } = house.database;
  await pool.query("create table test_marks (key_id text, sequence bigint, primary key (key_id, sequence))");
  const count = async (table: string) => (await pool.query(`select from ${table}`)).rowCount;
  return {
    house,
    marks,
    kept: async () => ({ readings: await count("telemetry"), marks: await count("test_marks") }),
  };
}

test("a sealed reading and the mark that it was taken are there together", async () => {
  const { house, kept } = await open();
  await using _ = house;
  expect(await house.send(sealed)).toEqual([undefined]);
  expect(await kept()).toEqual({ readings: 1, marks: 1 });
});

test("a reading that the database refuses leaves no mark, and those of its batch are kept", async () => {
  const { house, kept } = await open();
  await using _ = house;
  await house.database.pool.query("alter table telemetry add constraint poison check (v[1] <> 21)");
  const [refused, stored] = await house.send(sealed, plain);
  expect([refused === undefined, stored]).toEqual([false, undefined]);
  expect(await kept()).toEqual({ readings: 1, marks: 0 });
});

test("a mark that cannot be written leaves no reading", async () => {
  const { house, marks, kept } = await open();
  await using _ = house;
  marks.afterWriting = async (client) => void (await client.query("select 1 / 0"));
  const [refused] = await house.send(sealed);
  expect(refused).toBeDefined();
  expect(await kept()).toEqual({ readings: 0, marks: 0 });
});

test("killed between the mark and the commit, both are gone, and both are there once after the next try", async () => {
  const { house, marks, kept } = await open();
  await using _ = house;
  const seen: unknown[] = [];
  let kills = 2;
  marks.afterWriting = async (client) => {
    if (kills-- === 0) return;
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    await house.database.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await client.query("select 1").catch(() => undefined);
    seen.push(await kept());
    await client.query("select 1");
  };
  expect(await house.send(sealed)).toEqual([undefined]);
  expect(seen).toEqual(Array(seen.length).fill({ readings: 0, marks: 0 }));
  expect(seen.length).toBeGreaterThan(0);
  expect(await kept()).toEqual({ readings: 1, marks: 1 });
});
