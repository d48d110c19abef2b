import { expect, test } from "vitest";
import { createTestDatabase } from "./testing/index.ts";
import { waitTurn } from "./wait-turn.ts";

const HOUSE = "0198f000-0000-7000-8000-000000000001";
const OTHER = "0198f000-0000-7000-8000-000000000002";

test("a turn lasts as long as its transaction, and only for what and whose it is", async () => {
  await using database = await createTestDatabase();
  const { db, pool } = database;
  const order: string[] = [];
  const act = (name: string, what: string, of: string, hold?: Promise<void>) =>
    db.transaction().execute(async (tx) => {
      await waitTurn(tx, what, of);
      order.push(`${name} begins`);
      await hold;
      order.push(`${name} ends`);
    });
  const asking = `select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  const waiting = async () => (await pool.query(asking)).rowCount;

  const { promise, resolve } = Promise.withResolvers<void>();
  const first = act("first", "lamps", HOUSE, promise);
  await expect.poll(() => order).toEqual(["first begins"]);
  const second = act("second", "lamps", HOUSE);
  await expect.poll(waiting).toBe(1);
  await act("other", "lamps", OTHER);
  await act("doors", "doors", HOUSE);
  resolve();
  await Promise.all([first, second]);
  expect(order).toEqual([
    ...["first begins", "other begins", "other ends", "doors begins", "doors ends"],
    ...["first ends", "second begins", "second ends"],
  ]);
});
