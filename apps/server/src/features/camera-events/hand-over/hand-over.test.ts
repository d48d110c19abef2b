import { randomUUID } from "node:crypto";
import { silentLogger } from "@gatehouse/base";
import { type BusMessages, cameras } from "@gatehouse/contract";
import { Value } from "typebox/value";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type House, openHouse, type TestCamera } from "../testing/house.ts";
import { createHandOver } from "./index.ts";
import { sightingOf } from "./model.ts";

const NOW = Date.UTC(2026, 10, 22, 1, 0, 0);
const at = (said: cameras.HandedOver, zone = "UTC") => sightingOf(said, zone, NOW);
const clip = "https://pi.example/clips/7.mp4";

describe("what another detector says", () => {
  test.each<[number | string, string]>([
    [1_795_308_600, "seconds"],
    [1_795_308_600_000, "milliseconds"],
    ["2026-11-22T00:50:00Z", "ISO 8601"],
    ["2026-11-22 01:50:00+01:00", "with an offset"],
    ["2026-11-22T01:50:00.000000", "the wall clock of the site, as Python writes it"],
  ])("%s is a time: %s", (timestamp) => {
    expect(new Date(at({ clip, timestamp }, "Europe/Paris").startMs).toISOString()).toBe(
      "2026-11-22T00:50:00.000Z",
    );
  });

  test("the hour of a summer and of a winter is that of its day", () => {
    const summer = sightingOf({ clip, timestamp: "2026-10-24 12:00:00" }, "Europe/Paris", NOW);
    expect(new Date(summer.startMs).toISOString()).toBe("2026-10-24T10:00:00.000Z");
    const winter = sightingOf({ clip, timestamp: "2026-10-26 12:00:00" }, "Europe/Paris", NOW);
    expect(new Date(winter.startMs).toISOString()).toBe("2026-10-26T11:00:00.000Z");
  });

  test("a day that the month does not have is no time", () => {
    const march = Date.UTC(2027, 2, 5);
    expect(() => sightingOf({ clip, timestamp: "2027-02-29T10:00:00Z" }, "UTC", march)).toThrow();
    const leap = Date.UTC(2028, 2, 5);
    const taken = sightingOf({ clip, timestamp: "2028-02-29T10:00:00Z" }, "UTC", leap);
    expect(new Date(taken.startMs).toISOString()).toBe("2028-02-29T10:00:00.000Z");
  });

  test.each<number | string>([
    "2026-13-01 00:00:00",
    "2027-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z",
    "1-2-3 4:5:6:7",
    5,
  ])("%s is no time of the last 30 days", (timestamp) => {
    expect(() => at({ clip, timestamp })).toThrow(
      expect.objectContaining({
        code: "request.invalid",
        fields: expect.objectContaining({ field: "timestamp" }),
      }),
    );
  });

  test("counts are one figure, one a look, or one for each class", () => {
    const timestamp = "2026-11-22T00:50:00Z";
    expect(at({ address: "a.mp4", timestamp })).toMatchObject({ clip: "a.mp4", kind: "person", count: 1 });
    expect(at({ url: clip, timestamp, counts: 3 })).toMatchObject({ count: 3, labels: ["person"] });
    expect(at({ clip, timestamp, people: [0, 2, 1] })).toMatchObject({ count: 2 });
    expect(at({ clip, timestamp, count: { dog: 2, person: 0 } })).toMatchObject({
      kind: "object",
      labels: ["dog"],
      count: 2,
    });
    for (const label of ["x".repeat(65), "per\u0000son", "\ud800", " "])
      expect(() => at({ clip, timestamp, counts: { [label]: 1 } })).toThrow(
        expect.objectContaining({ code: "request.invalid" }),
      );
    expect(() => at({ timestamp })).toThrow(expect.objectContaining({ code: "request.invalid" }));
  });

  test("it lasts as long as it says, until now, and no longer than any event", () => {
    const timestamp = "2026-11-22T00:40:00Z";
    const lasted = (duration: number) => {
      const { endMs, startMs } = at({ clip, timestamp, duration });
      return (endMs - startMs) / 1_000;
    };
    expect([lasted(0), lasted(12.5), lasted(80_000)]).toEqual([0, 12.5, 600]);
  });

  test("control characters, unknown fields and endless figures are refused by the schema", () => {
    const good = { clip, timestamp: "2026-11-22T00:50:00Z" };
    expect(Value.Check(cameras.HandedOver, good)).toBe(true);
    for (const wrong of [
      { ...good, clip: "a\nb" },
      { ...good, clip: "half of a pair: \ud800" },
      { ...good, clip: "x".repeat(2_001) },
      { ...good, more: 1 },
      { ...good, counts: -1 },
      { ...good, duration: Number.POSITIVE_INFINITY },
      { clip },
    ])
      expect(Value.Check(cameras.HandedOver, wrong)).toBe(false);
  });
});

describe("a hand-over", () => {
  let house: House;
  let camera: TestCamera;
  let alarms: BusMessages["camera.alarm"][];
  beforeEach(async () => {
    house = await openHouse();
    camera = await house.addCamera();
    alarms = [];
    house.bus.subscribe("camera.alarm", (message) => void alarms.push(message));
  });
  afterEach(() => house[Symbol.asyncDispose]());

  const send = (body: object, { tenantId = house.tenantId, cameraId = camera.id } = {}) => {
    const { feature } = house;
    const { routes = [] } = createHandOver({
      cameras: {
        find: (id) => (id === camera.id ? camera : undefined),
        timeZoneOf: async () => "UTC",
      },
      events: feature,
      clock: house.clock,
      log: silentLogger,
    });
    const principal = { kind: "device", tenantId, deviceId: cameraId };
    return routes[0]?.handler({ principal, body } as never) as Promise<{ eventId: string; isNew: boolean }>;
  };

  test("becomes an event of a person that raises an alarm, once, however often it is sent", async () => {
    const said = { clip, timestamp: house.clock.nowMs() - 20_000, counts: 2, duration: 12, score: 0.7 };
    const { eventId, isNew } = await send(said);
    expect(isNew).toBe(true);
    expect(await send(said)).toEqual({ eventId, isNew: false });
    expect(alarms.map((alarm) => alarm.eventId)).toEqual([eventId]);
    const event = await house.call<cameras.CameraEvent>("GET /api/v1/camera-events/:id", {
      params: { id: eventId },
    });
    expect(event).toMatchObject({
      kind: "person",
      startMs: said.timestamp,
      endMs: said.timestamp + 12_000,
      detection: { by: "handed_over", mostAtOnce: 2, score: 0.7, armed: true },
      handedOver: { clip, source: camera.name },
    });
  });

  test("is the same when it is sent again by a detector whose clock is ahead", async () => {
    const said = { clip, timestamp: house.clock.nowMs() + 30_000 };
    const { eventId } = await send(said);
    house.clock.advance(2_000);
    expect(await send(said)).toEqual({ eventId, isNew: false });
  });

  test("is refused for what is no camera, and for one of another organisation", async () => {
    const said = { clip, timestamp: house.clock.nowMs() };
    const refusal = expect.objectContaining({ code: "camera.none" });
    await expect(send(said, { cameraId: randomUUID() })).rejects.toEqual(refusal);
    await expect(send(said, { tenantId: randomUUID() })).rejects.toEqual(refusal);
    expect(alarms).toEqual([]);
  });

  test("is answered only when it is kept", async () => {
    house.failPins(10);
    const said = { clip, timestamp: house.clock.nowMs() };
    await expect(send(said)).rejects.toEqual(expect.objectContaining({ code: "server.busy" }));
    house.failPins(0);
    await expect(send(said)).resolves.toMatchObject({ isNew: true });
  });
});
