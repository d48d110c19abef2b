import { systemRandom } from "@gatehouse/base";
import { mintMqttToken } from "@gatehouse/secure-channel";
import type { FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";
import type { LoginAttempt } from "./authenticator.ts";

const who = (t: TestHouse, attempt: LoginAttempt, house = t.house) => {
  const verdict = house.authenticator.login(attempt);
  return "identity" in verdict ? verdict.identity.name : verdict.refused;
};
const WRONG = "device.credentials_invalid";

test("the API key lets its device in under its name, its id, no name, and as access token", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("Boiler-1");
  const password = key.apiKey;
  for (const username of ["Boiler-1", "boiler-1", device.id, "", undefined])
    expect(who(t, { username, password })).toBe("Boiler-1");
  expect(who(t, { username: password })).toBe("Boiler-1");
  expect(who(t, { username: password, password: "" })).toBe("Boiler-1");
});

test("another device's name, a changed key and nothing at all are refused", async () => {
  await using t = await createTestHouse();
  const { key } = await t.addDevice("one");
  const other = await t.addDevice("two");
  const changed = `${key.apiKey.slice(0, 20)}${key.apiKey[20] === "a" ? "b" : "a"}${key.apiKey.slice(21)}`;
  expect(who(t, { username: "two", password: key.apiKey })).toBe(WRONG);
  expect(who(t, { username: other.device.id, password: key.apiKey })).toBe(WRONG);
  expect(who(t, { username: "one", password: changed })).toBe(WRONG);
  for (const password of ["", "password", "gh_", "v1.x", "v1.", `${key.apiKey} `, "\0".repeat(80)])
    expect(who(t, { username: "one", password })).toBe(WRONG);
  expect(who(t, {})).toBe(WRONG);
});

test("an HMAC token works for the client id it was made for, until it ends", async () => {
  await using t = await createTestHouse();
  const { key } = await t.addDevice("one");
  const other = await t.addDevice("two");
  const expiresAtS = Math.floor(t.clock.nowMs() / 1000) + 600;
  const token = (apiKey: string, keyId = key.keyId) =>
    mintMqttToken({ apiKey, keyId, clientId: "esp32-7", expiresAtS }, systemRandom);
  expect(who(t, { password: token(key.apiKey), clientId: "esp32-7" })).toBe("one");
  expect(who(t, { password: token(key.apiKey), clientId: "esp32-8" })).toBe(WRONG);
  expect(who(t, { password: token(other.key.apiKey), clientId: "esp32-7" })).toBe(WRONG);
  t.clock.advance(600_000);
  expect(who(t, { password: token(key.apiKey), clientId: "esp32-7" })).toBe(WRONG);
});

test("keys survive a restart, and revoked ones do not", async () => {
  await using t = await createTestHouse();
  const { key } = await t.addDevice("one");
  const gone = await t.addDevice("two");
  const [credential] = (await t.house.credentials.list(t.actor.tenantId, gone.device.id)).items;
  await t.house.credentials.revoke(t.actor, gone.device.id, credential?.id ?? "");
  const house = await t.restart();
  expect(who(t, { password: key.apiKey }, house)).toBe("one");
  expect(who(t, { password: gone.key.apiKey }, house)).toBe(WRONG);
  const clientId = "c";
  const expiresAtS = Math.floor(t.clock.nowMs() / 1000) + 60;
  const password = mintMqttToken({ ...key, clientId, expiresAtS }, systemRandom);
  expect(who(t, { password, clientId }, house)).toBe("one");
});

test("a revoked device is told apart only for who shows its key", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  await t.house.revocation.revoke(t.actor, device.id);
  expect(who(t, { password: key.apiKey })).toBe("device.revoked");
  expect(who(t, { username: "one", password: "gh_0123456789_x" })).toBe(WRONG);
});

test("a key stays its device's when names are changed and swapped", async () => {
  await using t = await createTestHouse();
  const one = await t.addDevice("one");
  const two = await t.addDevice("two");
  await t.house.inventory.update(t.actor, one.device.id, { name: "was-one" });
  await t.house.inventory.update(t.actor, two.device.id, { name: "one" });
  expect(who(t, { username: "one", password: two.key.apiKey })).toBe("one");
  expect(who(t, { username: "one", password: one.key.apiKey })).toBe(WRONG);
  expect(who(t, { username: "was-one", password: one.key.apiKey })).toBe("was-one");
  expect(t.house.directory.resolveName(t.actor.tenantId, "ONE")).toBe(two.device.id);
  expect(t.house.directory.resolveName(t.stranger.tenantId, one.device.id)).toBeUndefined();
});

test("an attempt without proof names a device by key id or user name, and nobody where two could be meant", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  const named = (attempt: LoginAttempt): string | undefined => {
    const verdict = t.house.authenticator.login(attempt);
    return "refused" in verdict ? verdict.named?.deviceId : "let in";
  };
  const { keyId } = key;
  const forged = mintMqttToken({ apiKey: "gh_made_up", keyId, clientId: "a", expiresAtS: 1 }, systemRandom);
  expect(named({ username: "ONE", password: "guess" })).toBe(device.id);
  expect(named({ username: device.id, password: "guess" })).toBe(device.id);
  expect(named({ password: forged, clientId: "a" })).toBe(device.id);
  expect(named({ username: "nobody", password: "guess" })).toBeUndefined();
  expect(named({})).toBeUndefined();
  const site = await t.house.sites.create(t.stranger.tenantId, { name: "Elsewhere", timeZone: "UTC" });
  await t.house.inventory.create(t.stranger, { name: "one", typeId: "thermometer", siteId: site.id });
  expect(named({ username: "one", password: "guess" })).toBeUndefined();
  expect(named({ username: device.id, password: "guess" })).toBe(device.id);
});

test("attempts without proof are a line a minute in the device's log, and no refusal of the device's", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("one");
  const authorization = `Basic ${Buffer.from("one:guess").toString("base64")}`;
  const request = { ip: "192.0.2.7", headers: { authorization } } as FastifyRequest;
  for (let i = 0; i < 5; i++) expect(await t.house.gate.authenticate(request)).toBeUndefined();
  await t.house.flush();
  const lines = t.heardOf("device.log").filter(({ entry }) => entry.code === "login_unproven");
  expect(lines.map(({ deviceId }) => deviceId)).toEqual([device.id]);
  const refused = t.heardOf("message.refused");
  expect(refused).toHaveLength(5);
  expect(refused.filter(({ deviceId }) => deviceId !== undefined)).toEqual([]);
});

test("ten thousand log-ins take microseconds each", async () => {
  await using t = await createTestHouse();
  const added = await Promise.all(Array.from({ length: 20 }, (_, i) => t.addDevice(`d${i}`)));
  const startedMs = performance.now();
  for (let i = 0; i < 10_000; i++) who(t, { password: added[i % 20]?.key.apiKey });
  // 50 µs is the aim; twenty times that is a machine under load, and still no argon2.
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
