import { randomUUID } from "node:crypto";
import { isAppError } from "@gatehouse/base";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RecordingTrail, recordingTrail } from "../../../platform/audit/testing/recording-trail.ts";
import { type House, openHouse } from "../testing/house.ts";
import { ArmingService } from "./arming-service.ts";

let house: House;
let trail: RecordingTrail;
let service: ArmingService;
let siteId: string;
beforeEach(async () => {
  house = await openHouse();
  trail = recordingTrail();
  service = new ArmingService({ db: house.db, audit: trail, clock: house.clock });
  siteId = randomUUID();
  await house.pool.query("insert into sites (id) values ($1)", [siteId]);
});
afterEach(() => house[Symbol.asyncDispose]());

const HOUR = 3_600_000;
const ada = () => ({ tenantId: house.tenantId, name: "Ada" });

test("a site is disarmed until somebody arms it; who did and when is kept and recorded", async () => {
  expect(await service.get(house.tenantId, siteId)).toEqual({ siteId, armed: false });
  const sinceMs = house.clock.nowMs();
  await service.set(ada(), siteId, { armed: true });
  const armed = { siteId, armed: true, byName: "Ada", sinceMs };
  expect(await service.get(house.tenantId, siteId)).toEqual(armed);
  const program = { ...ada(), program: { tokenId: randomUUID(), name: "Alarm panel" } };
  expect(await service.set(program, siteId, { armed: false })).toMatchObject({ byName: "Alarm panel" });
  expect(trail.events.map(({ kind, subject }) => [kind, subject?.id])).toEqual([
    ["site.armed", siteId],
    ["site.disarmed", siteId],
  ]);
  expect(await service.get(randomUUID(), siteId)).toEqual({ siteId, armed: false });
});

test("a switch until a time changes back by itself then", async () => {
  await service.set(ada(), siteId, { armed: true });
  const untilMs = house.clock.nowMs() + HOUR;
  expect(await service.set(ada(), siteId, { armed: false, untilMs })).toMatchObject({
    armed: false,
    untilMs,
  });
  house.clock.advance(HOUR);
  const now = await service.get(house.tenantId, siteId);
  expect(now).toEqual({ siteId, armed: true, byName: "Ada", sinceMs: untilMs });
});

test.each([-1, 0, 32 * 24 * HOUR])("a time %d ms from now is refused", async (fromNow) => {
  const untilMs = house.clock.nowMs() + fromNow;
  await expect(service.set(ada(), siteId, { armed: true, untilMs })).rejects.toSatisfy((error) =>
    isAppError(error, "request.invalid"),
  );
  expect(trail.events).toEqual([]);
});
