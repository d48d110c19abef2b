import { type AppError, silentLogger, systemRandom } from "@gatehouse/base";
import { operations } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { Check } from "typebox/value";
import { expect, test } from "vitest";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createBus } from "../../platform/bus/bus.ts";
import { createTestDatabase } from "../../platform/database/testing/index.ts";
import { createSettings, DEFAULT_SETTINGS, type SettingsTables, settingsMigrations } from "./index.ts";
import { completeSettings } from "./model.ts";

const tenants = {
  feature: "tenants",
  migrations: [{ id: "001", up: "create table tenants (id uuid primary key)" }],
};
const TENANT = "00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-000000000002";

async function opened() {
  const database = await createTestDatabase<SettingsTables>([tenants, settingsMigrations]);
  await database.pool.query("insert into tenants values ($1), ($2)", [TENANT, OTHER]);
  const bus = createBus(silentLogger);
  const deps = {
    db: database.db,
    sealingKey: new Uint8Array(32).fill(7),
    clock: virtualClock(),
    random: systemRandom,
    bus,
    audit: recordingTrail(),
  };
  const again = async () => {
    const feature = createSettings(deps);
    await feature.start?.();
    return feature.settings;
  };
  return { database, bus, again, settings: await again() };
}

test("a change holds after a restart, for its own tenant only, and is announced", async () => {
  const { database, bus, again, settings } = await opened();
  await using _ = database;
  const heard: string[] = [];
  bus.subscribe("settings.changed", ({ tenantId }) => heard.push(tenantId));
  await Promise.all([
    settings.update(TENANT, { organisation: "Régie <b>Nord</b>" }),
    settings.update(TENANT, { timeZone: "America/Toronto" }),
  ]);
  const after = await again();
  expect(after.get(TENANT)).toMatchObject({ organisation: "Régie <b>Nord</b>", timeZone: "America/Toronto" });
  expect(after.get(OTHER)).toEqual(DEFAULT_SETTINGS);
  expect(heard).toEqual([TENANT, TENANT]);
});

test("a change and what is written alongside it happen together or not at all", async () => {
  const { database, again, settings } = await opened();
  await using _ = database;
  const fails = settings.update(TENANT, { organisation: "Nobody's" }, () => Promise.reject(new Error("no")));
  await expect(fails).rejects.toThrow("no");
  expect([settings.get(TENANT), (await again()).get(TENANT)]).toEqual([DEFAULT_SETTINGS, DEFAULT_SETTINGS]);
  await settings.update(TENANT, { organisation: "Somebody's" }, async () => undefined);
  expect((await again()).get(TENANT).organisation).toBe("Somebody's");
});

test("the broker's password is written, never read back, kept by an empty string and useless to another tenant", async () => {
  const { database, again, settings } = await opened();
  await using _ = database;
  const homeAssistant = {
    enabled: true,
    url: "mqtts://broker.example:8883",
    user: "gate",
    password: "hunter2-secret",
    prefix: "homeassistant",
    allowPrivate: false,
  };
  expect((await settings.update(TENANT, { homeAssistant })).homeAssistant.password).toBe("");
  await settings.update(TENANT, { homeAssistant: { ...homeAssistant, password: "", user: "other" } });
  const after = await again();
  expect(after.homeAssistantPassword(TENANT)).toBe("hunter2-secret");
  const stored = await database.pool.query(
    "select choices::text || encode(home_assistant_password, 'escape') as everything from settings",
  );
  expect(stored.rows[0].everything).not.toContain("hunter2");
  await database.pool.query(
    "insert into settings select $2, choices, home_assistant_password, updated_at from settings where tenant_id = $1",
    [TENANT, OTHER],
  );
  const moved = await again();
  expect(() => moved.homeAssistantPassword(OTHER)).toThrow(/secret\.unreadable/);
});

test("the broker's password does not follow to another host, port or protocol", async () => {
  const { database, again, settings } = await opened();
  await using _ = database;
  const stored = {
    ...DEFAULT_SETTINGS.homeAssistant,
    enabled: true,
    url: "mqtts://broker.example",
    user: "gate",
    password: "hunter2-secret",
  };
  await settings.update(TENANT, { homeAssistant: stored });
  const change = (part: object) =>
    settings.update(TENANT, { homeAssistant: { ...stored, password: "", ...part } });
  for (const url of ["mqtts://evil.example", "mqtts://broker.example:8884", "mqtt://broker.example:8883"])
    await expect(change({ url })).rejects.toMatchObject({
      code: "secret.required",
      fields: { setting: "homeAssistant.password" },
    });
  expect((await again()).get(TENANT).homeAssistant.url).toBe("mqtts://broker.example");
  await change({ url: "mqtts://broker.example:8883", prefix: "other" });
  expect((await again()).homeAssistantPassword(TENANT)).toBe("hunter2-secret");
  await change({ url: "mqtts://new.example", password: "another-secret" });
  expect((await again()).homeAssistantPassword(TENANT)).toBe("another-secret");
  await change({ url: "", enabled: false });
  await change({ url: "mqtts://evil.example" });
  expect((await again()).homeAssistantPassword(TENANT)).toBe("");
});

test("a wrong value is refused by name and changes nothing", async () => {
  const { database, settings } = await opened();
  await using _ = database;
  const homeAssistant = { ...DEFAULT_SETTINGS.homeAssistant, enabled: true };
  const code = async (run: Promise<unknown>) =>
    run.then(
      () => "ok",
      (error: AppError) => error.code,
    );
  expect(await code(settings.update(TENANT, { timeZone: "Mars/Olympus" }))).toBe("settings.invalid");
  expect(await code(settings.update(TENANT, { homeAssistant }))).toBe("settings.invalid");
  expect(
    await code(settings.update(TENANT, { homeAssistant: { ...homeAssistant, url: "mqtt://127.0.0.1" } })),
  ).toBe("url.forbidden");
  expect(
    await code(settings.update(TENANT, { homeAssistant: { ...homeAssistant, url: "file:///etc/passwd" } })),
  ).toBe("url.forbidden");
  expect(settings.get(TENANT)).toEqual(DEFAULT_SETTINGS);
});

test("text that the database cannot hold is refused by the contract", () => {
  const patch = (homeAssistant: object) =>
    Check(operations.updateSettings.body, {
      homeAssistant: { ...DEFAULT_SETTINGS.homeAssistant, ...homeAssistant },
    });
  expect(patch({ user: "Zoë 🏠", url: "mqtts://broker.example" })).toBe(true);
  for (const bad of ["a\0", "a\ud800"])
    for (const field of ["url", "user", "password"])
      expect([field, patch({ [field]: bad })]).toEqual([field, false]);
});

test("what an older or a stranger program stored is completed with defaults", () => {
  expect(completeSettings({ retentionRawDays: -5, organisation: "Ours", gone: 1 })).toEqual({
    ...DEFAULT_SETTINGS,
    organisation: "Ours",
  });
});
