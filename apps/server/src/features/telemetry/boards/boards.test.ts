import { systemRandom } from "@gatehouse/base";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { TelemetryTables } from "../tables.ts";
import { addDevices } from "../testing/device-tables.ts";
import { MIGRATIONS, testClock } from "../testing/house.ts";
import { Boards } from "./boards.ts";

const body = { name: "Cellar", charts: [{ title: "Ünïcode 😀", series: ["x"] }], rangeMs: 60_000 };

test("a board is kept as it was given, and another tenant does not see it", async () => {
  await using database = await createTestDatabase<TelemetryTables>(MIGRATIONS);
  const clock = testClock();
  const mine = new Boards(database.db, (await addDevices(database.pool)).tenantId, clock, systemRandom);
  const theirs = new Boards(database.db, (await addDevices(database.pool)).tenantId, clock, systemRandom);
  const board = await mine.create(body);
  expect(await mine.list()).toEqual([board]);
  expect(await mine.get(board.id)).toEqual(board);
  expect(await theirs.list()).toEqual([]);
  await expect(theirs.get(board.id)).rejects.toMatchObject({ code: "board.not_found" });
  await expect(theirs.update(board.id, body, board.updatedMs)).rejects.toMatchObject({
    code: "board.not_found",
  });
  await expect(theirs.delete(board.id)).rejects.toMatchObject({ code: "board.not_found" });
  await mine.delete(board.id);
  expect(await mine.list()).toEqual([]);
});

test("of two people who change the same version, the second is told", async () => {
  await using database = await createTestDatabase<TelemetryTables>(MIGRATIONS);
  const boards = new Boards(
    database.db,
    (await addDevices(database.pool)).tenantId,
    testClock(),
    systemRandom,
  );
  const board = await boards.create(body);
  const changed = await boards.update(board.id, { ...body, name: "Attic" }, board.updatedMs);
  expect(changed.updatedMs).toBeGreaterThan(board.updatedMs);
  await expect(boards.update(board.id, body, board.updatedMs)).rejects.toMatchObject({
    code: "request.conflict",
    fields: { updatedMs: changed.updatedMs },
  });
  expect((await boards.get(board.id)).name).toBe("Attic");
});

test("a tenant has at most 200 boards", async () => {
  await using database = await createTestDatabase<TelemetryTables>(MIGRATIONS);
  const boards = new Boards(
    database.db,
    (await addDevices(database.pool)).tenantId,
    testClock(),
    systemRandom,
  );
  for (let i = 0; i < 200; i++) await boards.create(body);
  await expect(boards.create(body)).rejects.toMatchObject({ code: "limit.reached" });
});
