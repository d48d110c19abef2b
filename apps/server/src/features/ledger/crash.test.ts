import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTestDatabase, endKilled } from "../../platform/database/testing/index.ts";
import { checkLedger } from "./check/check.ts";
import { type LedgerTables, ledgerMigrations } from "./index.ts";
import { openEvents } from "./testing/events.ts";
import { ledgerOn, MASTER_KEY } from "./testing/ledger.ts";

const CHILD = fileURLToPath(new URL("./testing/crash-child.ts", import.meta.url));
const acts = { feature: "acts", migrations: [{ id: "001", up: "create table acts (n bigint primary key)" }] };

test("a program that is killed in the middle, again and again, loses no entry, doubles none and breaks no head", async () => {
  await using database = await createTestDatabase<LedgerTables>([acts, ledgerMigrations]);
  const answered: number[] = [];
  for (let round = 1; round <= 4; round++) {
    const from = round * 1_000_000;
    const enough = answered.length + 60 * round;
    const child = spawn(
      process.execPath,
      ["--no-warnings", CHILD, JSON.stringify({ connection: database.connection, from })],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const exited = new Promise((resolve) => child.once("exit", resolve));
    for await (const line of createInterface({ input: child.stdout })) {
      answered.push(Number(line));
      if (answered.length === enough) child.kill("SIGKILL");
    }
    await exited;
    await endKilled(database);
  }
  const ledger = ledgerOn(database.db);
  await ledger.open();
  await ledger.flush();
  const { rows } = await database.pool.query<{ n: number }>("select n from acts");
  const events = await openEvents(database.db);
  const recorded = events.flatMap(({ data }) => (typeof data.n === "number" ? [data.n] : []));
  expect(recorded.toSorted((a, b) => a - b)).toEqual(rows.map(({ n }) => n).toSorted((a, b) => a - b));
  const lost = answered.filter((n) => !recorded.includes(n));
  expect(lost).toEqual([]);
  expect(answered.length).toBeGreaterThanOrEqual(600);
  const [report] = await checkLedger(database.db, MASTER_KEY);
  expect(report).toMatchObject({ entries: events.length, problems: [] });
}, 90_000);
