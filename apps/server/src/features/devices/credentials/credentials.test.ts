import { expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";
import { demoKey } from "./demo-key.ts";

const letIn = (t: TestHouse, password: string): boolean =>
  "identity" in t.house.authenticator.login({ password });
const ended = (t: TestHouse) => t.heardOf("device.credentials_ended");

test("a rotation without overlap ends the old key at once and tells whose connections end", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  const [old] = (await t.house.credentials.list(t.actor.tenantId, device.id)).items;
  const fresh = await t.house.credentials.rotate(t.actor, device.id);
  expect([letIn(t, key.apiKey), letIn(t, fresh.apiKey)]).toEqual([false, true]);
  expect(ended(t)).toEqual([{ tenantId: t.actor.tenantId, deviceId: device.id, credentialIds: [old?.id] }]);
});

test("with an overlap both keys work until it is over, and then the old one's connections end", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  const fresh = await t.house.credentials.rotate(t.actor, device.id, 60);
  expect([letIn(t, key.apiKey), letIn(t, fresh.apiKey)]).toEqual([true, true]);
  t.clock.advance(59_000);
  expect([letIn(t, key.apiKey), ended(t).length]).toEqual([true, 0]);
  t.clock.advance(2_500);
  expect([letIn(t, key.apiKey), letIn(t, fresh.apiKey)]).toEqual([false, true]);
  expect(ended(t)).toHaveLength(1);
});

test("a second rotation cannot lengthen the first one's overlap", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  await t.house.credentials.rotate(t.actor, device.id, 60);
  await t.house.credentials.rotate(t.actor, device.id, 604_800);
  t.clock.advance(61_000);
  expect(letIn(t, key.apiKey)).toBe(false);
});

test("revoking a device ends everything, reinstating brings back one new key", async () => {
  await using t = await createTestHouse();
  const { device, key, claim } = await t.addDevice("one");
  const second = await t.house.credentials.rotate(t.actor, device.id, 600);
  await t.house.revocation.revoke(t.actor, device.id);
  expect([letIn(t, key.apiKey), letIn(t, second.apiKey)]).toEqual([false, false]);
  expect(ended(t).at(-1)).toEqual({ tenantId: t.actor.tenantId, deviceId: device.id });
  expect(await t.house.inventory.get(t.actor.tenantId, device.id)).toMatchObject({ status: "revoked" });
  await expect(t.house.claims.exchange(claim.code, "192.0.2.1")).rejects.toMatchObject({
    code: "device.claim_invalid",
  });
  for (const attempt of [
    () => t.house.credentials.rotate(t.actor, device.id),
    () => t.house.claims.create(t.actor, device.id, false),
    () => t.house.commands.send(t.actor, device.id, { key: "set", params: {} }),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: "device.revoked" });
  const back = await t.house.revocation.reinstate(t.actor, device.id);
  expect([letIn(t, back.apiKey), letIn(t, key.apiKey)]).toEqual([true, false]);
  expect(await t.house.inventory.get(t.actor.tenantId, device.id)).toMatchObject({ status: "never" });
});

test("one credential can be revoked, by its own tenant only", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  const fresh = await t.house.credentials.rotate(t.actor, device.id, 600);
  const { items } = await t.house.credentials.list(t.actor.tenantId, device.id);
  const old = items.find(({ publicId }) => publicId === key.keyId);
  await expect(t.house.credentials.revoke(t.stranger, device.id, old?.id ?? "")).rejects.toMatchObject({
    code: "device.not_found",
  });
  expect(letIn(t, key.apiKey)).toBe(true);
  await t.house.credentials.revoke(t.actor, device.id, old?.id ?? "");
  expect([letIn(t, key.apiKey), letIn(t, fresh.apiKey)]).toEqual([false, true]);
});

test("the list shows use and security tag and never a secret; the database holds no key in clear", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("one");
  letIn(t, key.apiKey);
  const { items, topics } = await t.house.credentials.list(t.actor.tenantId, device.id);
  expect(items).toMatchObject([
    { kind: "api_key", publicId: key.keyId, fingerprint: key.fingerprint, lastUsedMs: t.clock.nowMs() },
  ]);
  expect(key.fingerprint).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  expect(topics).toContain("gh/one/down/command");
  const { rows } = await t.database.pool.query("select * from device_credentials");
  const secret = key.apiKey.split("_")[2] as string;
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect((rows[0].sealed as Buffer).includes(secret)).toBe(false);
});

test("credentials of a device are bounded, the valid and the ended ones", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("one");
  for (let i = 1; i < 10; i++) await t.house.credentials.rotate(t.actor, device.id, 600);
  await expect(t.house.credentials.rotate(t.actor, device.id, 600)).rejects.toMatchObject({
    code: "limit.reached",
  });
  for (let i = 0; i < 12; i++) {
    t.clock.advance(1_000);
    await t.house.credentials.rotate(t.actor, device.id);
  }
  const { items } = await t.house.credentials.list(t.actor.tenantId, device.id);
  expect(items.filter(({ revokedMs }) => revokedMs === undefined)).toHaveLength(1);
  expect(items).toHaveLength(11);
});

test("a certificate lets its device in by serial number until it is revoked", async () => {
  await using t = await createTestHouse({
    issuer: {
      authority: { certificatePem: "CA" },
      issueDeviceCertificate: async ({ deviceId }) => ({
        certificatePem: `PEM ${deviceId}`,
        serialNumber: "4aBC",
        fingerprint: "ab".repeat(32),
        notAfterMs: 2_000_000_000_000,
      }),
    },
  });
  const { device } = await t.addDevice("one");
  const other = await t.addDevice("two");
  const issued = await t.house.credentials.issueCertificate(t.actor, device.id, { csrPem: "CSR" });
  expect(issued).toMatchObject({ caPem: "CA", credential: { kind: "certificate", publicId: "4abc" } });
  const login = (deviceId: string) =>
    "identity" in t.house.authenticator.login({ certificate: { deviceId, serialNumber: "4ABC" } });
  expect([login(device.id), login(other.device.id)]).toEqual([true, false]);
  const wrongPassword = { password: "x", certificate: { deviceId: device.id, serialNumber: "4abc" } };
  expect(t.house.authenticator.login(wrongPassword)).toMatchObject({ refused: "device.credentials_invalid" });
  await t.house.credentials.revoke(t.actor, device.id, issued.credential.id);
  expect(login(device.id)).toBe(false);
});

test("a device of the demo site keeps its key over restarts and gets a new one only when it has none", async () => {
  await using t = await createTestHouse();
  const { device, key } = await t.addDevice("lamp", { demo: true });
  expect(await demoKey(t.house, t.actor, device.id)).toBe(key.apiKey);
  expect(await demoKey(await t.restart(), t.actor, device.id)).toBe(key.apiKey);
  expect(ended(t)).toEqual([]);
  const [credential] = (await t.house.credentials.list(t.actor.tenantId, device.id)).items;
  await t.house.credentials.revoke(t.actor, device.id, credential?.id ?? "");
  const fresh = await demoKey(t.house, t.actor, device.id);
  expect([fresh === key.apiKey, letIn(t, fresh ?? "")]).toEqual([false, true]);
  await t.house.revocation.revoke(t.actor, device.id);
  expect(await demoKey(t.house, t.actor, device.id)).toBeUndefined();
});

test("the key of a real device is never told again, nor that of another organisation's", async () => {
  await using t = await createTestHouse();
  const real = await t.addDevice("meter");
  const demo = await t.addDevice("lamp", { demo: true });
  for (const [actor, { device }] of [
    [t.actor, real],
    [t.stranger, demo],
  ] as const)
    await expect(demoKey(t.house, actor, device.id)).rejects.toMatchObject({ code: "device.not_found" });
});
