import { systemRandom } from "@gatehouse/base";
import { access } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import type { TelemetryDatabase, TelemetryTables } from "../tables.ts";
import { addDevices } from "../testing/device-tables.ts";
import { MIGRATIONS, testClock } from "../testing/house.ts";
import { Boards } from "./boards.ts";

const depsOf = (db: TelemetryDatabase) => ({
  db,
  clock: testClock(),
  random: systemRandom,
  audit: recordingTrail(),
  directory: { seesAll: () => true },
});
const body = {
  name: "Cellar",
  charts: [{ title: "Ünïcode 😀", series: ["00000000-0000-4000-8000-00000000000a:x"] }],
  rangeMs: 60_000,
};

test("a board is kept as it was given, and another tenant does not see it", async () => {
  await using database = await createTestDatabase<TelemetryTables>(MIGRATIONS);
  const deps = depsOf(database.db);
  const mine = new Boards(deps, access.wholeTenant((await addDevices(database.pool)).tenantId));
  const theirs = new Boards(deps, access.wholeTenant((await addDevices(database.pool)).tenantId));
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
  expect(deps.audit.events.map(({ data }) => data?.change)).toEqual(["created", "removed"]);
});

test("of two people who change the same version, the second is told", async () => {
  await using database = await createTestDatabase<TelemetryTables>(MIGRATIONS);
  const boards = new Boards(
    depsOf(database.db),
    access.wholeTenant((await addDevices(database.pool)).tenantId),
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
    depsOf(database.db),
    access.wholeTenant((await addDevices(database.pool)).tenantId),
  );
  for (let i = 0; i < 200; i++) await boards.create(body);
  await expect(boards.create(body)).rejects.toMatchObject({ code: "limit.reached" });
});
