import { systemRandom } from "@gatehouse/base";
import {
  agreementProof,
  encodeRotation,
  generateKeyBundle,
  type KeyBundle,
  SUITE_IDS,
  type SuiteId,
  signRotation,
} from "@gatehouse/secure-channel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EnrollingDevice } from "../../../compose/testing/enrolling-device.ts";
import { createIdentityHouse, type IdentityHouse } from "../../../compose/testing/identities.ts";
import type { UsableBundle } from "./bundle-directory.ts";

let t: IdentityHouse;
beforeAll(async () => {
  t = await createIdentityHouse();
}, 60_000);
afterAll(async () => t[Symbol.asyncDispose]());

const HOUR_MS = 3_600_000;
let made = 0;

async function enrolled(suite: SuiteId = SUITE_IDS.M1) {
  const { device } = await t.addDevice(`b${made++}`);
  const { code } = await t.newCode(device.id);
  const own = EnrollingDevice.withCode(code, suite);
  const challenge = t.channel.enrolment.challenge({ claimId: own.claimId, suite }, `192.0.2.${made}`);
  await t.channel.enrolment.enrol(own.request(challenge), `192.0.2.${made}`);
  return { deviceId: device.id, bundle: own.bundle };
}

const usable = (keyId: string): UsableBundle => t.channel.directory.find(keyId) as UsableBundle;

function keysMessage(old: string, next: KeyBundle, change: object = {}): Uint8Array {
  const server = t.channel.serverKeys.get(next.suite, "current").bundle;
  const transcript = encodeRotation(old, next.keyId);
  const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
  const agreement = agreementProof(next, server.agreement.raw, transcript) as Uint8Array;
  return Buffer.from(
    JSON.stringify({
      suite: next.suite,
      agreementKey: encode(next.agreement.raw),
      signingKey: encode(next.signing.raw),
      serverKeyId: server.keyId,
      proof: { signature: encode(signRotation(next, transcript)), agreement: encode(agreement) },
      ...change,
    }),
  );
}

const states = async (deviceId: string) =>
  Object.fromEntries(
    (await t.channel.bundles.list(t.actor.tenantId, deviceId)).map(({ keyId, state }) => [keyId, state]),
  );

test("a device changes its keys; both work for a day, then the old one ends everywhere", async () => {
  const { deviceId, bundle } = await enrolled();
  const next = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  const old = usable(bundle.keyId);
  const message = keysMessage(bundle.keyId, next);
  const answer = await t.channel.keyChanger.change(old, message);
  expect(answer).toEqual({
    keyId: next.keyId,
    validFromMs: t.clock.nowMs(),
    oldValidUntilMs: t.clock.nowMs() + 24 * HOUR_MS,
  });
  expect(await states(deviceId)).toEqual({ [bundle.keyId]: "overlap", [next.keyId]: "active" });
  t.clock.advance(HOUR_MS);
  // The answer was lost: asked again, the same is said, and the replay state of the message is kept.
  let kept = 0;
  const again = await t.channel.keyChanger.change(old, message, async () => void kept++);
  expect([again, kept]).toEqual([answer, 1]);
  t.clock.advance(23 * HOUR_MS + 1_000);
  expect(usable(bundle.keyId)).toBeUndefined();
  expect(usable(next.keyId)).toMatchObject({ deviceId });
  expect(t.heardOf("device.credentials_ended")).toContainEqual({
    tenantId: t.actor.tenantId,
    deviceId,
    credentialIds: [bundle.keyId],
  });
});

test("whoever has only the old key cannot replace the new one", async () => {
  const { deviceId, bundle } = await enrolled();
  const next = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  const old = usable(bundle.keyId);
  await t.channel.keyChanger.change(old, keysMessage(bundle.keyId, next));
  const thief = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  await expect(t.channel.keyChanger.change(old, keysMessage(bundle.keyId, thief))).rejects.toMatchObject({
    code: "channel.key_not_found",
  });
  expect(await states(deviceId)).toEqual({ [bundle.keyId]: "overlap", [next.keyId]: "active" });
});

test("a change with a wrong proof, of somebody else's keys, or down to a weaker suite changes nothing", async () => {
  const { deviceId, bundle } = await enrolled();
  const other = await enrolled();
  const next = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  const stranger = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  const proof = JSON.parse(Buffer.from(keysMessage(bundle.keyId, stranger)).toString()).proof;
  const old = usable(bundle.keyId);
  const bad = [
    keysMessage(bundle.keyId, next, { proof }),
    keysMessage(other.bundle.keyId, next),
    keysMessage(bundle.keyId, other.bundle),
    keysMessage(bundle.keyId, bundle),
    keysMessage(bundle.keyId, next, { serverKeyId: "0000000000000000" }),
    keysMessage(bundle.keyId, next, { more: 1 }),
    Buffer.from("{"),
    Buffer.from([0xff, 0xfe]),
  ];
  for (const payload of bad)
    await expect(t.channel.keyChanger.change(old, payload)).rejects.toMatchObject({
      code: "message.malformed",
    });
  const weak = generateKeyBundle(SUITE_IDS.C1, systemRandom);
  await expect(t.channel.keyChanger.change(old, keysMessage(bundle.keyId, weak))).rejects.toMatchObject({
    code: "channel.suite_refused",
  });
  expect(await states(deviceId)).toEqual({ [bundle.keyId]: "active" });
});

test("a change that cannot keep its replay state is none", async () => {
  const { deviceId, bundle } = await enrolled();
  const next = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  const failing = t.channel.keyChanger.change(usable(bundle.keyId), keysMessage(bundle.keyId, next), () =>
    Promise.reject(new Error("disk")),
  );
  await expect(failing).rejects.toThrow("disk");
  expect(await states(deviceId)).toEqual({ [bundle.keyId]: "active" });
  expect(usable(next.keyId)).toBeUndefined();
});

test("a move up to the stronger suite is taken and pinned", async () => {
  const { deviceId, bundle } = await enrolled(SUITE_IDS.C1);
  const next = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  await t.channel.keyChanger.change(usable(bundle.keyId), keysMessage(bundle.keyId, next));
  expect(t.channel.directory.factsOf(deviceId)?.pinned?.suite).toBe(SUITE_IDS.M1);
});

test("an operator ends an old key before its time; the key in use is revoked, not ended", async () => {
  const { deviceId, bundle } = await enrolled();
  const next = generateKeyBundle(SUITE_IDS.M1, systemRandom);
  await t.channel.keyChanger.change(usable(bundle.keyId), keysMessage(bundle.keyId, next));
  await expect(t.channel.bundles.endOld(t.actor, deviceId, next.keyId)).rejects.toMatchObject({
    code: "channel.key_not_found",
  });
  await t.channel.bundles.endOld(t.actor, deviceId, bundle.keyId);
  expect(usable(bundle.keyId)).toBeUndefined();
  await t.channel.bundles.revoke(t.actor, deviceId, next.keyId);
  expect(await states(deviceId)).toEqual({ [bundle.keyId]: "revoked", [next.keyId]: "revoked" });
  expect(t.channel.list.entries().map(({ id }) => id)).toEqual(
    expect.arrayContaining([bundle.keyId, next.keyId]),
  );
});

test("keys end with their device, and a device that is admitted again has to enrol again", async () => {
  const { deviceId, bundle } = await enrolled();
  await t.devices.revokeDevice(t.actor, deviceId);
  expect(usable(bundle.keyId)).toBeUndefined();
  await t.database.pool.query("update devices set revoked_at = null where id = $1", [deviceId]);
  await t.restart();
  expect(usable(bundle.keyId)).toBeUndefined();
});

test("another tenant neither sees nor ends a device's keys", async () => {
  const { deviceId, bundle } = await enrolled();
  const notFound = { code: "device.not_found" };
  await expect(t.channel.viewDevice(t.stranger.tenantId, deviceId)).rejects.toMatchObject(notFound);
  await expect(t.channel.bundles.revoke(t.stranger, deviceId, bundle.keyId)).rejects.toMatchObject(notFound);
  await expect(t.channel.policy.resetPin(t.stranger, deviceId, "x")).rejects.toMatchObject(notFound);
  expect(usable(bundle.keyId)).toBeDefined();
});

test("use is remembered and shown", async () => {
  const { deviceId, bundle } = await enrolled();
  const atMs = t.clock.nowMs();
  t.channel.lastUse.note(bundle.keyId, atMs);
  t.channel.lastUse.noteHandshake(deviceId, atMs);
  expect(await t.channel.viewDevice(t.actor.tenantId, deviceId)).toMatchObject({
    lastHandshakeMs: atMs,
    keys: [{ firstUsedMs: atMs, lastUsedMs: atMs }],
  });
});
