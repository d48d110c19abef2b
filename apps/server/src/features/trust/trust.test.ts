import { type AppError, silentLogger, systemRandom, type Uuid } from "@gatehouse/base";
import type { Bus, BusMessages, Reading, trust } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { type VirtualClock, virtualClock } from "@gatehouse/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../platform/bus/bus.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/database/testing/index.ts";
import {
  createTelemetry,
  type TelemetryFeature,
  type TelemetryTables,
  telemetryMigrations,
} from "../telemetry/index.ts";
import { addDevices, deviceTables } from "../telemetry/testing/device-tables.ts";
import { testClock } from "../telemetry/testing/house.ts";
import { createTrust, type TrustFeature, type TrustTables, trustMigrations } from "./index.ts";
import type { Remark } from "./ports.ts";

type Tables = TelemetryTables & TrustTables;

/** Telemetry and trust on one database, as compose wires them. */
class House {
  readonly bus: Bus = createBus(silentLogger);
  readonly remarks: Remark[] = [];
  readonly stored: Reading[] = [];
  readonly quarantined: BusMessages["device.quarantined"][] = [];
  readonly clock = testClock();
  readonly audit = recordingTrail();
  /** Drives the judge; telemetry's batches need real timers. */
  readonly judgeClock: VirtualClock = virtualClock(testClock().nowAt);
  mode: trust.AutoQuarantine = "suggest";
  telemetry!: TelemetryFeature;
  trust!: TrustFeature;
  readonly database: TestDatabase<Tables>;
  readonly tenantId: Uuid;
  readonly deviceIds: readonly Uuid[];

  constructor(database: TestDatabase<Tables>, tenantId: Uuid, deviceIds: readonly Uuid[]) {
    this.database = database;
    this.tenantId = tenantId;
    this.deviceIds = deviceIds;
    this.bus.subscribe("readings.stored", ({ readings }) => void this.stored.push(...readings));
    this.bus.subscribe("device.quarantined", (message) => void this.quarantined.push(message));
  }

  static async open(devices = 2): Promise<House> {
    const database = await createTestDatabase<Tables>([deviceTables, telemetryMigrations, trustMigrations]);
    const { tenantId, deviceIds } = await addDevices(database.pool, devices);
    const house = new House(database, tenantId, deviceIds);
    await house.start();
    return house;
  }

  async start(): Promise<void> {
    const { database, bus, clock, tenantId } = this;
    this.telemetry = createTelemetry({
      pool: database.pool,
      db: database.db,
      clock,
      random: systemRandom,
      log: silentLogger,
      bus,
      audit: this.audit,
      settings: { maxPastDays: () => 30, retention: () => ({ rawDays: 40, rollupDays: 80 }) },
      directory: { list: async () => [], find: async () => [], seesAll: () => true, placesOf: () => [] },
      screen: {
        screen: (reading) => this.trust.screen(reading),
        keep: (client, held) => this.trust.keep(client, held),
      },
    });
    const known = (deviceId: Uuid) => ({
      tenantId,
      deviceId,
      name: "sensor",
      groupId: "site/thermometer",
      metrics: findDeviceType("thermometer")?.metrics ?? [],
    });
    this.trust = createTrust({
      db: database.db,
      clock: this.judgeClock,
      log: silentLogger,
      bus,
      audit: this.audit,
      devices: {
        list: async () => this.deviceIds.map(known),
        find: async (deviceId) => known(deviceId),
        note: (_tenantId, _deviceId, remark) => void this.remarks.push(remark),
      },
      history: { moveIn: (...moved) => this.telemetry.moveIn(...moved) },
      settings: { autoQuarantine: () => this.mode, retentionRawDays: () => 40, retentionLogDays: () => 90 },
      tenantIds: async () => [tenantId],
    });
    await this.telemetry.start?.();
    await this.trust.start?.();
  }

  async stop(): Promise<void> {
    await this.trust.stop?.();
    await this.telemetry.stop?.();
  }

  reading(temperature: number, secondsAgo: number, more: Partial<Reading> = {}): Reading {
    const tsMs = this.clock.nowMs() - secondsAgo * 1_000;
    return {
      tenantId: this.tenantId,
      deviceId: this.deviceIds[0] as Uuid,
      typeId: "thermometer",
      tsMs,
      receivedMs: tsMs,
      numbers: [["temperature", temperature]],
      states: [],
      ...more,
    };
  }

  send(...readings: Reading[]): Promise<(AppError | undefined)[]> {
    return Promise.all(
      readings.map(
        (reading) =>
          new Promise<AppError | undefined>((resolve) => {
            expect(this.telemetry.submit(reading, resolve)).toBe(true);
          }),
      ),
    );
  }

  call(
    operation: string,
    input: { params?: object; body?: object; query?: object; tenantId?: Uuid } = {},
    // biome-ignore lint/suspicious/noExplicitAny: a route's reply, looked at field by field
  ): any {
    const found = this.trust.routes?.find(
      ({ endpoint }) =>
        endpoint.path.endsWith(operation.split(" ")[1] ?? "") && endpoint.method === operation.split(" ")[0],
    );
    if (found === undefined) throw new Error(`no route ${operation}`);
    return found.handler({
      principal: { tenantId: input.tenantId ?? this.tenantId, name: "Ada" },
      params: { id: this.deviceIds[0], ...input.params },
      body: input.body ?? {},
      query: input.query ?? {},
    });
  }

  history(): Promise<readonly { tsMs: number; value: unknown }[]> {
    const nowMs = this.clock.nowMs();
    return this.telemetry.values(
      this.deviceIds[0] as Uuid,
      "temperature",
      nowMs - 86_400_000,
      nowMs + 1,
      1_000,
    );
  }

  quarantine(): Promise<trust.DeviceTrust> {
    return this.call("POST /quarantine", { body: { reason: "looks forged" } });
  }

  /** Evidence from outside, and the next slot's review. */
  async doubt(deviceId: Uuid): Promise<void> {
    this.trust.report(deviceId, { detail: "channel.signature", evidenceRatio: 1, atMs: this.clock.nowMs() });
    await this.judgeClock.advanceAsync(20 * 60_000);
    const codes = async () =>
      (await this.call("GET /trust", { params: { id: deviceId } })).history.at(-1)?.codes;
    await expect.poll(codes).toContain("reported");
  }
}

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(async () => {
  await house.stop();
  await house.database[Symbol.asyncDispose]();
});

describe("readings of a quarantined device", () => {
  it("are acknowledged and kept, but are not history, news or a newest value", async () => {
    await house.send(house.reading(20, 60));
    await house.quarantine();
    expect(await house.send(house.reading(21, 50), house.reading(22, 40))).toEqual([undefined, undefined]);
    expect((await house.history()).map(({ value }) => value)).toEqual([20]);
    expect(house.stored).toHaveLength(1);
    const [last] = house.telemetry.lastValues(house.deviceIds).get(house.deviceIds[0] as Uuid) ?? [];
    expect(last?.value).toBe(20);
    expect(await house.call("GET /trust")).toMatchObject({
      held: 2,
      discarded: 0,
      quarantine: { byName: "Ada", reason: "looks forged" },
    });
  });

  it("are kept once, however often they are sent", async () => {
    await house.quarantine();
    const reading = house.reading(21, 50);
    await house.send(reading, reading);
    await house.send(reading);
    expect(await house.call("GET /trust")).toMatchObject({ held: 1 });
  });

  it("become history when somebody releases them, and are not held any more", async () => {
    await house.quarantine();
    await house.send(house.reading(21, 50), house.reading(22, 40), house.reading(23, 30));
    const { items } = await house.call("GET /held");
    expect(items.map((item: trust.HeldReading) => item.values)).toEqual([
      [["temperature", 23]],
      [["temperature", 22]],
      [["temperature", 21]],
    ]);
    const reply = await house.call("POST /held/release", { body: { ids: [items[1].id] } });
    expect(reply).toEqual({ moved: 1, refused: 0 });
    expect((await house.history()).map(({ value }) => value)).toEqual([22]);
    expect(await house.call("POST /held/release")).toEqual({ moved: 2, refused: 0 });
    expect((await house.history()).map(({ value }) => value)).toEqual([21, 22, 23]);
    expect(await house.call("GET /trust")).toMatchObject({ held: 0 });
    expect(house.remarks.map(({ code }) => code)).toEqual(["quarantined", "held_released", "held_released"]);
  });

  it("stay held when history cannot be written", async () => {
    await house.quarantine();
    await house.send(house.reading(21, 50));
    await house.database.pool.query(
      "create function no() returns trigger language plpgsql as $$ begin raise 'no'; end $$",
    );
    await house.database.pool.query("create trigger no before delete on held_readings execute function no()");
    await expect(house.call("POST /held/release")).rejects.toThrow();
    await house.database.pool.query("drop trigger no on held_readings");
    expect(await house.history()).toEqual([]);
    expect(await house.call("POST /held/release")).toEqual({ moved: 1, refused: 0 });
  });

  it("stay out for good when somebody discards them, until somebody thinks better of it", async () => {
    await house.quarantine();
    await house.send(house.reading(21, 50));
    expect(await house.call("POST /held/discard")).toEqual({ discarded: 1 });
    expect(await house.call("POST /held/release")).toEqual({ moved: 0, refused: 0 });
    const { items } = await house.call("GET /held", { query: { state: "discarded" } });
    expect(items[0]).toMatchObject({ state: "discarded", decidedBy: "Ada" });
    await house.call("POST /held/release", { body: { ids: [items[0].id] } });
    expect((await house.history()).map(({ value }) => value)).toEqual([21]);
  });

  it("flow again once the device is released, and what was kept apart still waits", async () => {
    await house.quarantine();
    await house.send(house.reading(21, 50));
    await house.call("POST /quarantine/release", { body: { reason: "repaired" } });
    await house.send(house.reading(22, 40));
    expect((await house.history()).map(({ value }) => value)).toEqual([22]);
    expect(await house.call("GET /trust")).toMatchObject({ held: 1 });
  });

  it("are still kept apart after a restart", async () => {
    await house.quarantine();
    await house.stop();
    await house.start();
    await house.send(house.reading(21, 50));
    expect(await house.history()).toEqual([]);
  });

  it("go with their device, and after the time readings are kept", async () => {
    await house.quarantine();
    await house.send(house.reading(21, 50));
    house.judgeClock.setWall(house.clock.nowMs() + 41 * 86_400_000);
    const retention = house.trust.jobs?.find(({ name }) => name === "trust.retention");
    await retention?.run({}, new AbortController().signal);
    expect(await house.call("GET /trust")).toMatchObject({ held: 0 });
  });
});

describe("a single reading that cannot follow what came before", () => {
  it("is kept apart alone, with its figures", async () => {
    await house.send(house.reading(20, 60));
    await house.judgeClock.advanceAsync(1_000);
    await house.send(house.reading(120, 50), house.reading(20.1, 40));
    expect((await house.history()).map(({ value }) => value)).toEqual([20, 20.1]);
    const { items } = await house.call("GET /held");
    expect(items).toMatchObject([
      { cause: "implausible", findings: [{ code: "jump", metric: "temperature", value: 100, limit: 45 }] },
    ]);
    expect(await house.call("GET /trust")).toMatchObject({ verdicts: { ok: 2, suspect: 0, implausible: 1 } });
  });
});

describe("a device whose score falls", () => {
  it("is only suggested for quarantine unless the tenant wants more", async () => {
    await house.doubt(house.deviceIds[0] as Uuid);
    await expect.poll(() => house.remarks).toHaveLength(1);
    const state: trust.DeviceTrust = await house.call("GET /trust");
    expect(state.score).toBeLessThanOrEqual(30);
    expect(state.quarantine).toBeUndefined();
    expect(state.suggestedMs).toBeDefined();
    expect(state.history.at(-1)).toMatchObject({ codes: ["reported"] });
    expect(house.trust.needs(house.tenantId)).toMatchObject([{ kind: "quarantine_suggested" }]);
    expect(house.remarks).toMatchObject([
      { code: "quarantine_suggested", data: { finding: "reported", limit: 1 } },
    ]);
  });

  it("is quarantined where the tenant wants that, with its reasons, and can be released", async () => {
    house.mode = "on";
    await house.doubt(house.deviceIds[0] as Uuid);
    await expect
      .poll(() => house.quarantined)
      .toMatchObject([{ deviceId: house.deviceIds[0], automatic: true }]);
    const state: trust.DeviceTrust = await house.call("GET /trust");
    expect(state.quarantine?.byName).toBeUndefined();
    expect(state.quarantine?.findings).toMatchObject([{ code: "reported", detail: "channel.signature" }]);
    const after = await house.call("POST /quarantine/release", { body: { reason: "key replaced" } });
    expect(after).toMatchObject({ score: 100, findings: [] });
    expect(house.trust.badge(house.deviceIds[0] as Uuid)).toEqual({ score: 100, quarantined: false });
  });

  it("is left alone where the tenant wants that", async () => {
    house.mode = "off";
    await house.doubt(house.deviceIds[0] as Uuid);
    expect(house.trust.needs(house.tenantId)).toEqual([]);
  });
});

describe("what the door refuses", () => {
  /** One refusal a minute for half an hour, and the next slot's review. */
  const refuse = async (code: string, more: object = {}): Promise<void> => {
    const [deviceId] = house.deviceIds as [Uuid];
    const from = { tenantId: house.tenantId, deviceId, via: "http", address: "192.0.2.7" };
    for (let minute = 0; minute < 30; minute++) {
      house.bus.publish("message.refused", { ...from, code, ...more, atMs: house.judgeClock.nowMs() });
      await house.judgeClock.advanceAsync(60_000);
    }
    await house.judgeClock.advanceAsync(20 * 60_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  };

  it.each([
    "message.schema",
    "message.out_of_range",
    "meter.contradiction",
    "envelope.suite",
    "envelope.time",
    "envelope.cloned",
  ])("counts against the device when it is %s and its own", async (code) => {
    await refuse(code);
    // Of one answer: its score and its history are not written at once.
    const state = await vi.waitFor(async () => {
      const seen: trust.DeviceTrust = await house.call("GET /trust");
      expect(seen.score).toBeLessThan(60);
      expect(seen.history.at(-1)?.score).toBe(seen.score);
      return seen;
    }, 30_000);
    expect(state.findings).toMatchObject([{ code: "reported", detail: code }]);
  });

  it.each([
    ["anybody could have sent it", "envelope.time", { unproven: true }],
    ["it is repeated, as a device does that heard no answer", "envelope.replayed", {}],
    ["it is forged", "envelope.not_authentic", { unproven: true }],
    ["it is of nobody", "message.schema", { deviceId: undefined }],
    ["it only says that there is too much of it", "message.rate_limited", {}],
  ])("counts for nothing when %s", async (_why, code, more) => {
    await refuse(code, more);
    expect(await house.call("GET /trust")).toMatchObject({ score: 100, findings: [] });
  });
});

it("says when readings counted as suspect, over a restart and until they do not any more", async () => {
  const [deviceId] = house.deviceIds as [Uuid];
  const fromMs = house.judgeClock.nowMs();
  await house.doubt(deviceId);
  const intervals = async () => ((await house.call("GET /trust")) as trust.DeviceTrust).suspicions;
  await expect.poll(async () => (await intervals()).length).toBe(1);
  const [doubted, ...others] = await intervals();
  expect(others).toEqual([]);
  expect(doubted).toMatchObject({ codes: ["reported"] });
  expect(doubted).not.toHaveProperty("untilMs");
  expect(doubted?.fromMs).toBeGreaterThan(fromMs);
  await house.stop();
  await house.start();
  await house.judgeClock.advanceAsync(20 * 60_000);
  expect(await intervals()).toEqual([doubted]);
  await house.judgeClock.advanceAsync(48 * 3_600_000);
  await expect.poll(async () => (await intervals())[0]?.untilMs).toBeGreaterThan(doubted?.fromMs ?? 0);
});

it("stops quarantining by itself when too many devices fall at once", async () => {
  await house.stop();
  await house.database[Symbol.asyncDispose]();
  house = await House.open(8);
  house.mode = "on";
  for (const deviceId of house.deviceIds)
    house.trust.report(deviceId, {
      detail: "channel.signature",
      evidenceRatio: 1,
      atMs: house.clock.nowMs(),
    });
  await house.doubt(house.deviceIds[0] as Uuid);
  // One after the other, each committed with its entry.
  const count = (wanted: string) =>
    house.trust.needs(house.tenantId).filter(({ kind }) => kind === wanted).length;
  await expect.poll(() => count("quarantine_suggested"), { timeout: 20_000 }).toBe(5);
  expect(count("device_quarantined")).toBe(3);
});

it("knows nothing of another tenant's devices", async () => {
  const stranger = { tenantId: "00000000-0000-7000-8000-000000000000" };
  await expect(house.call("GET /trust", stranger)).rejects.toMatchObject({ code: "device.not_found" });
  await expect(house.call("GET /held", stranger)).rejects.toMatchObject({ code: "device.not_found" });
});
