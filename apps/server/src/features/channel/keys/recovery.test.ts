import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemRandom } from "@gatehouse/base";
import {
  CONTENT_TYPES,
  Handshake,
  parseEnvelope,
  refusalReason,
  SUITE_IDS,
  seal,
} from "@gatehouse/secure-channel";
import { expect, test } from "vitest";
import { EnrollingDevice } from "../../../compose/testing/enrolling-device.ts";
import {
  createIdentityHouse,
  IDENTITY_MIGRATIONS,
  type IdentityHouse,
} from "../../../compose/testing/identities.ts";
import { ALL_ON } from "../../../platform/controls.ts";
import { createBackup } from "../../../platform/database/backup/create-backup.ts";
import { restoreDatabase } from "../../../platform/database/backup/restore-backup.ts";
import { createTestDatabase } from "../../../platform/database/testing/index.ts";
import { Carriage } from "../carriage/carriage.ts";
import { channelFolder, markRestored } from "./restore-watch.ts";

const ADDRESS = "198.51.100.1";

async function enrolled(t: IdentityHouse, name: string) {
  const { device, key } = await t.addDevice(name);
  const { code } = await t.newCode(device.id);
  const own = EnrollingDevice.withCode(code);
  const challenge = t.channel.enrolment.challenge({ claimId: own.claimId }, ADDRESS);
  await t.channel.enrolment.enrol(own.request(challenge), ADDRESS);
  return { deviceId: device.id, apiKey: key.apiKey, bundle: own.bundle };
}

async function backUp(t: IdentityHouse): Promise<string> {
  const output = join(await mkdtemp(join(tmpdir(), "gatehouse-backup-")), "backup");
  const { database, clock, dataDir } = t;
  await createBackup({ pool: database.pool, clock, version: "1", dataDir, output });
  return output;
}

async function restored(t: IdentityHouse, folder: string) {
  const database = await createTestDatabase();
  const options = { folder, features: IDENTITY_MIGRATIONS, clock: t.clock, log: silentLogger };
  await restoreDatabase({ ...options, pool: database.pool });
  return database as never as typeof t.database;
}

/** The carriage over the identities as they stand. */
async function startCarriage(t: IdentityHouse): Promise<Carriage> {
  const { directory, policy, serverKeys } = t.channel;
  const carriage = new Carriage({
    pool: t.database.pool,
    controls: ALL_ON,
    clock: t.clock,
    random: systemRandom,
    keys: {
      own: (keyId) => serverKeys.findRecipient(keyId),
      sender(keyId) {
        const held = directory.find(keyId);
        return held && { ...held, suites: policy.suitesOf(held.tenantId, held.deviceId) };
      },
      authenticated: () => undefined,
      cloned: () => undefined,
      storedLimitMs: () => 0,
      recoveredMs: () => t.channel.lastRecovery?.atMs ?? 0,
    },
    gatewayOf: () => undefined,
    isSiteKey: () => false,
    plainRefusal: () => undefined,
    changeKeys: async () => ({}),
  });
  await carriage.load();
  return carriage;
}

const isLetIn = (t: IdentityHouse, password: string): Promise<boolean> =>
  t.devices.authenticateDevice({ password }).then((identity) => identity !== undefined);

test("yesterday's backup brings no revoked key back, and nothing sealed before it can be opened", async () => {
  await using t = await createIdentityHouse();
  const [kept, lost, gone] = [
    await enrolled(t, "kept"),
    await enrolled(t, "lost"),
    await enrolled(t, "gone"),
  ];
  const pending = await t.newCode(kept.deviceId);
  const recipient = t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle;
  const captured = seal(
    {
      sender: kept.bundle,
      recipient,
      contentType: CONTENT_TYPES.json,
      sequence: 1n,
      sentMs: t.clock.nowMs(),
      bootId: 1,
      payload: new Uint8Array(8),
    },
    systemRandom,
  );
  const { header } = parseEnvelope(captured);
  expect(t.channel.serverKeys.findRecipient(header.recipientKeyId)).toBeDefined();
  const backup = await backUp(t);
  t.clock.advance(86_400_000);
  await t.channel.bundles.revoke(t.actor, lost.deviceId, lost.bundle.keyId);
  await t.devices.rotateKey(t.actor, lost.deviceId);
  await t.devices.revokeDevice(t.actor, gone.deviceId);
  const { version } = t.channel.list;

  await using yesterday = await restored(t, backup);
  await markRestored(t.dataDir, { madeMs: 1, sha256: "00" }, t.clock);
  await t.restart(yesterday);
  expect(t.channel.directory.find(kept.bundle.keyId)).toBeDefined();
  expect(await isLetIn(t, kept.apiKey)).toBe(true);
  for (const { bundle, apiKey } of [lost, gone]) {
    expect(t.channel.directory.find(bundle.keyId)).toBeUndefined();
    expect(await isLetIn(t, apiKey)).toBe(false);
  }
  expect(t.channel.serverKeys.findRecipient(header.recipientKeyId)).toBeUndefined();
  expect(t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle.keyId).not.toBe(recipient.keyId);
  await expect(
    t.devices.findOpenClaim(EnrollingDevice.withCode(pending.code).claimId),
  ).resolves.toBeUndefined();
  expect(t.peopleEnded()).toBe(1);
  expect(t.channel.list.version).toBeGreaterThanOrEqual(version);
  expect(t.channel.viewChannel(t.actor.tenantId).recovery).toEqual({ atMs: t.clock.nowMs(), revoked: 4 });
  // Recovered once: the next start finds nothing to do.
  const { keyId } = t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle;
  await t.restart(yesterday);
  expect(t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle.keyId).toBe(keyId);
  expect(t.peopleEnded()).toBe(1);
});

test("a session captured before yesterday's backup is not answered after it was restored", async () => {
  await using t = await createIdentityHouse();
  const { bundle } = await enrolled(t, "camera");
  const peer = t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle;
  const handshake = new Handshake({ own: bundle, peer, random: systemRandom });
  const link = (await startCarriage(t)).connect();
  const answered = link.receive(handshake.hello);
  if (answered.kind !== "answer") throw new Error("the device is known");
  const session = handshake.finish(answered.frame, t.clock.monotonicMs());
  const message = { contentType: CONTENT_TYPES.json, payload: new Uint8Array(8) };
  const frame = session.seal(message, t.clock.monotonicMs()) as Uint8Array;
  expect(link.receive(frame).kind).toBe("message");
  const backup = await backUp(t);
  t.clock.advance(86_400_000);

  await using yesterday = await restored(t, backup);
  await markRestored(t.dataDir, { madeMs: 1, sha256: "00" }, t.clock);
  await t.restart(yesterday);
  const again = (await startCarriage(t)).connect();
  for (const captured of [handshake.hello, frame]) {
    const refusal = (() => {
      try {
        const received = again.receive(captured);
        return received.kind === "refused" ? received.code : received.kind;
      } catch (error) {
        return `envelope.${refusalReason(error)}`;
      }
    })();
    expect(refusal).toBe("envelope.unknown_key");
  }
});

test("a database that somebody put back without telling is noticed at the next start", async () => {
  await using t = await createIdentityHouse();
  const backup = await backUp(t);
  await t.restart();
  expect(t.peopleEnded()).toBe(0);
  await using older = await restored(t, backup);
  await t.restart(older);
  expect(t.peopleEnded()).toBe(1);
  expect(t.channel.lastRecovery?.atMs).toBe(t.clock.nowMs());
});

test("starts, clean or not, are no restores; a crash while the token changes neither", async () => {
  await using t = await createIdentityHouse();
  const { keyId } = t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle;
  const anchor = join(channelFolder(t.dataDir), "anchor");
  const old = (await readFile(anchor, "utf8")).trim();
  for (let i = 0; i < 3; i++) await t.restart();
  const now = (await readFile(anchor, "utf8")).trim();
  expect(now).not.toBe(old);
  // The file named both tokens, the database had not got the new one yet.
  await writeFile(anchor, `${now}\n${old}\n`);
  await t.restart();
  expect(t.peopleEnded()).toBe(0);
  expect(t.channel.serverKeys.get(SUITE_IDS.M1, "current").bundle.keyId).toBe(keyId);
});

test("a list that was lost is written again from the database, and its version still rises", async () => {
  await using t = await createIdentityHouse();
  const { deviceId, bundle } = await enrolled(t, "one");
  await t.channel.bundles.revoke(t.actor, deviceId, bundle.keyId);
  const { version } = t.channel.list;
  await rm(join(channelFolder(t.dataDir), "revocations.json"));
  await t.restart();
  expect(t.channel.list.version).toBeGreaterThan(version);
  expect(t.channel.list.entries()).toContainEqual({
    kind: "channel",
    id: bundle.keyId,
    fromMs: t.clock.nowMs(),
  });
});

test("a list that somebody changed, or that others can read, stops the start by name", async () => {
  await using t = await createIdentityHouse();
  const { deviceId, bundle } = await enrolled(t, "one");
  await t.channel.bundles.revoke(t.actor, deviceId, bundle.keyId);
  const path = join(channelFolder(t.dataDir), "revocations.json");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const right = await readFile(path, "utf8");
  await writeFile(path, right.replace(bundle.keyId, "0000000000000000"));
  await expect(t.restart()).rejects.toMatchObject({ code: "config.invalid", fields: { path } });
  await writeFile(path, right);
  await chmod(path, 0o644);
  await expect(t.restart()).rejects.toMatchObject({ code: "config.invalid", fields: { path } });
  await chmod(path, 0o600);
  await t.restart();
});

test("what is in the list and was never committed is ended at the next start", async () => {
  await using t = await createIdentityHouse();
  const { bundle, apiKey } = await enrolled(t, "one");
  const keyId = apiKey.slice(3, 13);
  const fromMs = t.clock.nowMs();
  await t.channel.list.add([
    { kind: "channel", id: bundle.keyId, fromMs },
    { kind: "api_key", id: keyId, fromMs },
  ]);
  expect(await isLetIn(t, apiKey)).toBe(true);
  await t.restart();
  expect(await isLetIn(t, apiKey)).toBe(false);
  expect(t.channel.directory.find(bundle.keyId)).toBeUndefined();
});

test("many revocations at once are all in the file when they are answered", async () => {
  await using t = await createIdentityHouse();
  const devices = await Promise.all(Array.from({ length: 12 }, (_, i) => t.addDevice(`d${i}`)));
  const { version } = t.channel.list;
  await Promise.all(devices.map(({ device }) => t.devices.revokeDevice(t.actor, device.id)));
  const file = JSON.parse(await readFile(join(channelFolder(t.dataDir), "revocations.json"), "utf8"));
  const ids = file.entries.map(([, id]: [string, string]) => id);
  for (const { key } of devices) expect(ids).toContain(key.keyId);
  expect(file.version).toBeGreaterThan(version);
  expect(file.version).toBeLessThanOrEqual(version + 12);
});
