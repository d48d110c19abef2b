import type { channel } from "@gatehouse/contract";
import { access } from "@gatehouse/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EnrollingDevice } from "../../../compose/testing/enrolling-device.ts";
import { createIdentityHouse, type IdentityHouse } from "../../../compose/testing/identities.ts";

let t: IdentityHouse;
beforeAll(async () => {
  t = await createIdentityHouse();
}, 60_000);
afterAll(async () => t[Symbol.asyncDispose]());

let hosts = 0;
const enrol = async (own: EnrollingDevice): Promise<channel.Enrolment | undefined> => {
  const address = `198.51.100.${hosts++}`;
  const challenge = t.channel.enrolment.challenge({ claimId: own.claimId }, address);
  const reply = await t.channel.enrolment.enrol(own.request(challenge), address);
  return own.read(reply)?.content;
};
const invalid = { code: "device.claim_invalid" };

const enrolledIn = async (groupId: string): Promise<number | undefined> =>
  (await t.channel.groups.list(access.wholeTenant(t.actor.tenantId))).find(({ id }) => id === groupId)
    ?.enrolled;

const createGroup = (more: object = {}) =>
  t.channel.groups.create(t.actor, {
    name: "Cellar sensors",
    typeId: "thermometer",
    siteId: t.site.id,
    tags: ["cellar"],
    maxDevices: 3,
    expiresMs: t.clock.nowMs() + 3_600_000,
    ...more,
  });

test("devices of a batch appear at their first enrolment, with the group's type, site and tags", async () => {
  const { group, key } = await createGroup();
  const made = await enrol(EnrollingDevice.ofGroup(group.id, key, "SN-0001"));
  expect(made).toMatchObject({ name: "SN-0001", typeId: "thermometer" });
  const device = await t.devices.getDevice(t.actor.tenantId, made?.deviceId ?? "");
  expect(device).toMatchObject({ name: "SN-0001", siteId: t.site.id, tags: ["cellar"] });
  expect(await enrolledIn(group.id)).toBe(1);
  expect(await t.channel.groups.list(access.wholeTenant(t.stranger.tenantId))).toEqual([]);
  const { rows } = await t.database.pool.query(
    "select encode(sealed_key, 'base64') as key from channel_groups",
  );
  expect(rows.map((row) => row.key)).not.toContain(Buffer.from(key, "base64url").toString("base64"));
});

test("a name that is taken gets a mark behind it, and one that is none is made usable", async () => {
  const { group, key } = await createGroup();
  await t.addDevice("SN-9");
  const names = [];
  for (const id of ["SN-9", "..weird", "6f1c1f3e-8f0b-4c5d-9d3e-0a1b2c3d4e5f"])
    names.push((await enrol(EnrollingDevice.ofGroup(group.id, key, id)))?.name);
  expect(names[0]).toMatch(/^SN-9-[0-9a-z]{6}$/);
  expect(names.slice(1)).toEqual(["weird", "d-6f1c1f3e-8f0b-4c5d-9d3e-0a1b2c3d4e5f"]);
});

test("one registration is one device, unless the group says that keys may be replaced", async () => {
  const once = await createGroup();
  await enrol(EnrollingDevice.ofGroup(once.group.id, once.key, "A"));
  await expect(enrol(EnrollingDevice.ofGroup(once.group.id, once.key, "A"))).rejects.toMatchObject(invalid);
  const often = await createGroup({ replaceKeys: true });
  const first = EnrollingDevice.ofGroup(often.group.id, often.key, "B");
  const made = await enrol(first);
  const again = EnrollingDevice.ofGroup(often.group.id, often.key, "B");
  expect((await enrol(again))?.deviceId).toBe(made?.deviceId);
  expect(t.channel.directory.find(first.bundle.keyId)).toBeUndefined();
  expect(t.channel.directory.find(again.bundle.keyId)).toBeDefined();
});

test("a device that was deleted or revoked does not come back with the batch key", async () => {
  const { group, key } = await createGroup({ replaceKeys: true });
  const gone = await enrol(EnrollingDevice.ofGroup(group.id, key, "gone"));
  await t.database.pool.query("delete from devices where id = $1", [gone?.deviceId]);
  const bad = await enrol(EnrollingDevice.ofGroup(group.id, key, "bad"));
  await t.devices.revokeDevice(t.actor, bad?.deviceId ?? "");
  for (const id of ["gone", "bad"])
    await expect(enrol(EnrollingDevice.ofGroup(group.id, key, id))).rejects.toMatchObject(invalid);
  expect(await enrolledIn(group.id)).toBe(2);
});

test("a group takes as many as it says, also when they come at once", async () => {
  const { group, key } = await createGroup({ maxDevices: 3 });
  const tries = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) => enrol(EnrollingDevice.ofGroup(group.id, key, `n${i}`))),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  const [refused] = tries.filter((one) => one.status === "rejected");
  expect(refused?.reason).toMatchObject({ code: "limit.reached" });
  const there = [0, 1, 2, 3, 4, 5].filter(
    (i) => t.devices.resolveName(t.actor.tenantId, `n${i}`) !== undefined,
  );
  expect(there).toHaveLength(3);
});

test("of many devices that show one registration at once, one is made", async () => {
  const { group, key } = await createGroup();
  const tries = await Promise.allSettled(
    Array.from({ length: 4 }, () => enrol(EnrollingDevice.ofGroup(group.id, key, "same"))),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await enrolledIn(group.id)).toBe(1);
});

test("a closed group, one that is over, another group's key and another tenant are refused", async () => {
  const closed = await createGroup();
  await expect(t.channel.groups.close(t.stranger, closed.group.id)).rejects.toMatchObject({
    code: "channel.group_not_found",
  });
  await t.channel.groups.close(t.actor, closed.group.id);
  await expect(enrol(EnrollingDevice.ofGroup(closed.group.id, closed.key, "x"))).rejects.toMatchObject(
    invalid,
  );
  const over = await createGroup();
  t.clock.advance(3_600_000);
  await expect(enrol(EnrollingDevice.ofGroup(over.group.id, over.key, "x"))).rejects.toMatchObject(invalid);
  const [one, two] = [await createGroup(), await createGroup()];
  await expect(enrol(EnrollingDevice.ofGroup(one.group.id, two.key, "x"))).rejects.toMatchObject(invalid);
  expect(t.devices.resolveName(t.actor.tenantId, "x")).toBeUndefined();
});

test("a group is made for a type, a site and a time that are there", async () => {
  await expect(createGroup({ typeId: "toaster" })).rejects.toMatchObject({ code: "device.type_unknown" });
  await expect(createGroup({ siteId: t.stranger.tenantId })).rejects.toMatchObject({
    code: "site.not_found",
  });
  await expect(createGroup({ expiresMs: t.clock.nowMs() })).rejects.toMatchObject({
    code: "request.invalid",
  });
});
