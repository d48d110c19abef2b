import { seededRandom, silentLogger, type Uuid } from "@gatehouse/base";
import { remoteSettings } from "@gatehouse/contract";
import { generateKeyBundle, signDeviceSettings, verifyDeviceSettings } from "@gatehouse/secure-channel";
import fc from "fast-check";
import { Check } from "typebox/value";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/database/testing/index.ts";
import { addDevices, deviceTables } from "../telemetry/testing/device-tables.ts";
import { testClock } from "../telemetry/testing/house.ts";
import { remoteSettingsMigrations } from "./index.ts";
import { stateOf, versionAfter } from "./model.ts";
import type { Remark } from "./ports.ts";
import { RemoteSettingsService } from "./service.ts";
import type { RemoteSettingsTables } from "./tables.ts";

const KEYS = generateKeyBundle(2, seededRandom(1));

/** The service on a real database, with a device whose session the test opens and closes. */
class House {
  readonly clock = testClock();
  readonly audit = recordingTrail();
  readonly remarks: Remark[] = [];
  readonly sent: { deviceId: Uuid; version: number; settings: unknown; isSigned: boolean }[] = [];
  isConnected = true;
  hasKeys = true;
  isRevoked = false;
  typeId = "linux-agent";
  readonly service: RemoteSettingsService;
  readonly actor: { tenantId: Uuid; name: string };
  readonly stranger: { tenantId: Uuid; name: string };
  readonly deviceId: Uuid;

  constructor({ db }: TestDatabase<RemoteSettingsTables>, tenantId: Uuid, strangerId: Uuid, deviceId: Uuid) {
    this.actor = { tenantId, name: "Ada" };
    this.stranger = { tenantId: strangerId, name: "Mallory" };
    this.deviceId = deviceId;
    this.service = new RemoteSettingsService({
      db,
      clock: this.clock,
      log: silentLogger,
      audit: this.audit,
      devices: {
        find: (id) =>
          id === deviceId ? { tenantId, typeId: this.typeId, revoked: this.isRevoked } : undefined,
        note: (_tenantId, _deviceId, remark) => void this.remarks.push(remark),
      },
      signer: {
        sign: (_deviceId, document) =>
          this.hasKeys ? { keyId: KEYS.keyId, signature: signDeviceSettings(KEYS, document) } : undefined,
      },
      line: { send: (id, payload) => this.isConnected && this.#hear(id, payload) },
    });
  }

  set(settings: Record<string, unknown>, after: number) {
    return this.service.set(this.actor, this.deviceId, { settings, after });
  }

  get view() {
    return this.service.get(this.actor.tenantId, this.deviceId);
  }

  report(version: number, more: object = {}) {
    const { tenantId } = this.actor;
    return this.service.reported(
      { tenantId, deviceId: this.deviceId },
      { kind: "settings", version, takes: true, settings: {}, commands: [], leds: [], ...more },
    );
  }

  codes(): string[] {
    return this.remarks.map(({ code }) => code);
  }

  #hear(deviceId: Uuid, payload: Uint8Array): boolean {
    const message = JSON.parse(Buffer.from(payload).toString());
    const document = Buffer.from(message.document, "base64url");
    const signature = Buffer.from(message.signature, "base64url");
    const said = JSON.parse(document.toString());
    expect(said).toMatchObject({ deviceId, issuedMs: expect.any(Number) });
    const isSigned = verifyDeviceSettings(KEYS, document, signature) && message.keyId === KEYS.keyId;
    this.sent.push({ deviceId, version: said.version, settings: said.settings, isSigned });
    return true;
  }
}

let database: TestDatabase<RemoteSettingsTables>;
let house: House;
beforeAll(async () => {
  database = await createTestDatabase<RemoteSettingsTables>([deviceTables, remoteSettingsMigrations]);
}, 60_000);
beforeEach(async () => {
  const [own, foreign] = [await addDevices(database.pool), await addDevices(database.pool)];
  house = new House(database, own.tenantId, foreign.tenantId, own.deviceIds[0] as Uuid);
});
afterAll(() => database[Symbol.asyncDispose]());

describe("settings of a device", () => {
  it("go down signed at once, and are applied when the device says so", async () => {
    expect(await house.view).toEqual({ state: "none" });
    const set = await house.set({ intervalSeconds: 5 }, 0);
    expect(set).toMatchObject({
      state: "pending",
      wanted: { version: 1, settings: { intervalSeconds: 5 }, byName: "Ada", atMs: house.clock.nowMs() },
    });
    expect(Check(remoteSettings.RemoteSettings, set)).toBe(true);
    expect(house.sent).toEqual([
      { deviceId: house.deviceId, version: 1, settings: { intervalSeconds: 5 }, isSigned: true },
    ]);
    const said = { settings: { intervalSeconds: 5 }, commands: ["restart-kiosk"], leds: ["ACT"] };
    expect(await house.report(1, said)).toBeUndefined();
    const view = await house.view;
    expect(view).toMatchObject({ state: "applied", device: { version: 1, takes: true, ...said } });
    expect(Check(remoteSettings.RemoteSettings, view)).toBe(true);
    expect(house.codes()).toEqual(["settings_changed", "settings_applied"]);
    await house.report(1, said);
    expect(house.codes()).toHaveLength(2);
    expect(house.sent).toHaveLength(1);
  });

  it("wait for a device that is away, and go down in each session until it has them", async () => {
    house.isConnected = false;
    await house.set({ intervalSeconds: 5 }, 0);
    await house.set({ intervalSeconds: 6 }, 1);
    expect(house.sent).toEqual([]);
    house.isConnected = true;
    await house.report(0);
    await house.report(0);
    expect(house.sent.map(({ version }) => version)).toEqual([2, 2]);
    expect(await house.view).toMatchObject({ state: "pending" });
    await house.report(2);
    await house.report(2);
    expect(house.sent).toHaveLength(2);
  });

  it("are shown as refused with the device's reason, and offered again when it has forgotten that", async () => {
    await house.set({ intervalSeconds: 5 }, 0);
    const refused = {
      refused: { version: 1, reason: "this machine's configuration takes none" },
      takes: false,
    };
    await house.report(0, refused);
    await house.report(0, refused);
    expect(await house.view).toMatchObject({
      state: "refused",
      refusedReason: "this machine's configuration takes none",
      device: { takes: false },
    });
    expect(house.codes()).toEqual(["settings_changed", "settings_refused"]);
    expect(house.sent).toHaveLength(1);
    await house.report(0);
    expect(house.sent).toHaveLength(2);
    expect(await house.view).toMatchObject({ state: "pending" });
    await house.report(0, { refused: { version: 7, reason: "another one" } });
    expect(await house.view).toMatchObject({ state: "pending" });
  });

  it("are undone by a new version with the old content", async () => {
    await house.set({ intervalSeconds: 5 }, 0);
    await house.set({ log: { sendLevel: "debug" } }, 1);
    const restored = await house.service.restore(house.actor, house.deviceId, { version: 1, after: 2 });
    expect(restored.wanted).toMatchObject({ version: 3, settings: { intervalSeconds: 5 }, restores: 1 });
    const versions = await house.service.versions(house.actor.tenantId, house.deviceId);
    expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(house.codes().at(-1)).toBe("settings_restored");
    await expect(
      house.service.restore(house.actor, house.deviceId, { version: 9, after: 3 }),
    ).rejects.toMatchObject({ code: "settings.version_not_found" });
  });

  it("never get a version twice, also when a backup was restored", async () => {
    await house.report(41);
    expect(await house.view).toMatchObject({ state: "ahead" });
    await house.set({}, 0);
    expect(await house.view).toMatchObject({ state: "pending", wanted: { version: 42 } });
    expect(house.sent).toMatchObject([{ version: 42 }]);
  });

  it("are not overwritten by somebody who has not seen the newest, however close they come", async () => {
    const tries = await Promise.allSettled([
      house.set({ intervalSeconds: 5 }, 0),
      house.set({ intervalSeconds: 6 }, 0),
      house.set({ intervalSeconds: 7 }, 0),
    ]);
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of tries)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "request.conflict" });
    await expect(house.set({}, 0)).rejects.toMatchObject({
      code: "request.conflict",
      fields: { version: 1 },
    });
  });

  it("are refused when they are none of this type, with every problem", async () => {
    const wrong = { intervalSeconds: 0, commands: { x: { argv: ["/bin/sh"] } } };
    await expect(house.set(wrong, 0)).rejects.toMatchObject({
      code: "settings.not_valid",
      fields: {
        problems: [
          { at: "commands", rule: "unknown" },
          { at: "intervalSeconds", rule: "minimum", limit: "1" },
        ],
      },
    });
    expect(house.service.check(house.actor.tenantId, house.deviceId, { intervalSeconds: 3 })).toEqual([]);
    expect(await house.view).toEqual({ state: "none" });
    house.typeId = "thermometer";
    await expect(house.view).rejects.toMatchObject({ code: "settings.not_taken" });
    expect(await house.report(0)).toBe("settings.not_taken");
  });

  it("are nobody else's to read or to change", async () => {
    const { stranger, service, deviceId } = house;
    await house.set({ intervalSeconds: 5 }, 0);
    const notFound = { code: "device.not_found" };
    await expect(service.get(stranger.tenantId, deviceId)).rejects.toMatchObject(notFound);
    await expect(service.versions(stranger.tenantId, deviceId)).rejects.toMatchObject(notFound);
    await expect(service.set(stranger, deviceId, { settings: {}, after: 1 })).rejects.toMatchObject(notFound);
    await expect(service.restore(stranger, deviceId, { version: 1, after: 1 })).rejects.toMatchObject(
      notFound,
    );
    expect(() => service.check(stranger.tenantId, deviceId, {})).toThrow(expect.objectContaining(notFound));
  });

  it("are not given to a revoked device, and not sent to one without keys", async () => {
    house.hasKeys = false;
    await house.set({ intervalSeconds: 5 }, 0);
    expect(house.sent).toEqual([]);
    house.isRevoked = true;
    await expect(house.set({}, 1)).rejects.toMatchObject({ code: "device.revoked" });
  });

  it("keep the newest hundred versions", async () => {
    house.isConnected = false;
    for (let version = 0; version < 103; version++)
      await house.set({ intervalSeconds: 1 + version }, version);
    const versions = await house.service.versions(house.actor.tenantId, house.deviceId);
    expect(versions).toHaveLength(100);
    expect([versions[0]?.version, versions.at(-1)?.version]).toEqual([103, 4]);
  });
});

describe("a device's report", () => {
  it.each([
    [null],
    [{ version: -1 }],
    [{ version: 1e12 }],
    [{ commands: Array(65).fill("x") }],
    [{ commands: ["a b"] }],
    [{ refused: { version: 1, reason: "x".repeat(201) } }],
    [{ refused: { version: 1, reason: "a\0b" } }],
    [{ extra: 1 }],
  ])("is refused when it has not the shape: %j", async (more) => {
    expect(await house.report(0, more ?? { settings: null })).toBe("message.schema");
    expect((await house.view).device).toBeUndefined();
  });

  it("of settings that this server does not know still says which version it has", async () => {
    await house.set({}, 0);
    expect(await house.report(1, { settings: { invented: "\0" } })).toBeUndefined();
    const { state, device } = await house.view;
    expect(state).toBe("applied");
    expect(device?.settings).toBeUndefined();
  });
});

describe("states", () => {
  const version = fc.integer({ min: 0, max: 5 });
  it("are decided by three numbers", () => {
    fc.assert(
      fc.property(version, version, fc.option(version), (wanted, has, refused) => {
        const state = stateOf(
          wanted,
          refused === null ? { version: has } : { version: has, refused: { version: refused, reason: "" } },
        );
        if (has > wanted) expect(state).toBe("ahead");
        else if (has === wanted) expect(state).toBe(wanted === 0 ? "none" : "applied");
        else expect(state).toBe(refused === wanted ? "refused" : "pending");
        expect(stateOf(versionAfter(wanted, has), { version: has })).toBe("pending");
      }),
    );
  });
});
