import { newUuid, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import type { Room } from "../room/room.ts";
import { film, recordingHouse, START_MS } from "../testing/house.ts";
import { removeOutdated } from "./retention.ts";

const YEAR_MS = 365 * 86_400_000;

test("what somebody holds stays however old it is, and goes with its age when nobody does any more", async () => {
  const clock = virtualClock(START_MS);
  await using house = await recordingHouse(clock);
  const tenantId = await house.addTenant();
  await house.recordings.start?.();
  const [heldCamera, other] = [house.addCamera(tenantId), house.addCamera(tenantId)];
  const span = { fromMs: START_MS, seconds: 5, fps: 4 };
  for (const cameraId of [heldCamera, other]) await film(house, { tenantId, cameraId }, span);
  await house.recordings.stop?.();
  const { pins } = house.recordings;
  const eventId = newUuid(clock, systemRandom);
  const pin = (id: Uuid, cameraId: Uuid) =>
    house.db
      .transaction()
      .execute((tx) =>
        pins.set(tx, { eventId: id, tenantId, cameraId, fromMs: START_MS, toMs: START_MS + 5_000 }),
      );
  await pin(eventId, heldCamera);
  await pin(newUuid(clock, systemRandom), other);
  const hold = (held: boolean) =>
    house.db.transaction().execute((tx) => pins.hold(tx, { tenantId, eventId }, held));
  const camerasLeft = async () => new Set((await house.rows()).map((row) => row.camera_id));
  const age = () =>
    removeOutdated(
      {
        ...{ cameras: house.cameras, db: house.db, log: silentLogger },
        clock: { nowMs: () => START_MS + 20 * YEAR_MS },
        room: { removeFiles: async () => undefined, recount: async () => undefined } as unknown as Room,
      },
      [tenantId],
      { aborted: false },
    );

  await hold(true);
  // Told again of the event, as when it ends: it is held as before.
  await pin(eventId, heldCamera);
  await age();
  expect(await camerasLeft()).toEqual(new Set([heldCamera]));
  await hold(false);
  await age();
  expect(await camerasLeft()).toEqual(new Set());
});
