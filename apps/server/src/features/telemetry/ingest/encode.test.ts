import fc from "fast-check";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import { copyIn } from "./copy-store.ts";
import { encodeRows } from "./encode.ts";

const row = fc.record({
  setId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  tsMs: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
  numbers: fc.array(fc.tuple(fc.constant("m"), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    minLength: 1,
    maxLength: 9,
  }),
});

test("PostgreSQL reads back exactly what was encoded", async () => {
  await using database = await createTestDatabase();
  await database.pool.query("create table rows (set_id int, ts timestamptz, v float8[])");
  const client = await database.pool.connect();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 50 }), async (rows) => {
      await client.query("truncate rows");
      const backwards = rows.map((one) => ({
        ...one,
        order: one.numbers.map((_, i) => one.numbers.length - 1 - i),
      }));
      await copyIn(client, "copy rows from stdin (format binary)", encodeRows(backwards));
      const found = await client.query(
        "select set_id, (extract(epoch from ts) * 1000)::float8 as ms, v from rows",
      );
      expect(found.rows).toEqual(
        rows.map(({ setId, tsMs, numbers }) => ({
          set_id: setId,
          ms: tsMs,
          v: numbers.map(([, value]) => value).reverse(),
        })),
      );
    }),
    { numRuns: 40 },
  );
  client.release();
});

test("a refused copy leaves the connection usable", async () => {
  await using database = await createTestDatabase();
  await database.pool.query("create table rows (set_id int primary key, ts timestamptz, v float8[])");
  const client = await database.pool.connect();
  const one = { setId: 1, tsMs: 5, numbers: [["m", 1] as const], order: [0] };
  const copy = () => copyIn(client, "copy rows from stdin (format binary)", encodeRows([one]));
  await copy();
  await expect(copy()).rejects.toMatchObject({ code: "23505" });
  expect((await client.query("select count(*)::int as n from rows")).rows).toEqual([{ n: 1 }]);
  client.release();
});
