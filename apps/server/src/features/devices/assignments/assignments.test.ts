import { isAppError } from "@gatehouse/base";
import { access } from "@gatehouse/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";

let t: TestHouse;
beforeEach(async () => {
  t = await createTestHouse();
}, 60_000);
afterEach(async () => t[Symbol.asyncDispose]());

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error: unknown) => (isAppError(error) ? error.code : error),
  );

const add = async (name: string, typeId = "meter") => (await t.addDevice(name, { typeId })).device.id;

test("a device is assigned, moved and released: in the list, in memory, on the bus, in its log and after a restart", async () => {
  const [meter, first, second] = [
    await add("m1"),
    await add("g1", "site-gateway"),
    await add("g2", "site-gateway"),
  ];
  const { assignments, inventory } = t.house;
  const said: unknown[] = [];
  t.bus.subscribe("gateway.assigned", (message) => said.push(message));
  expect(await assignments.assign(t.actor, [meter], first)).toBe(1);
  expect(await assignments.assign(t.actor, [meter], first)).toBe(0);
  expect([assignments.gatewayOf(meter), [...assignments.devicesOf(first)]]).toEqual([first, [meter]]);
  expect((await inventory.get(t.actor.tenantId, meter)).gateway).toEqual({ id: first, name: "g1" });

  expect(await assignments.assign(t.actor, [meter], second)).toBe(1);
  expect([assignments.devicesOf(first).size, assignments.gatewayOf(meter)]).toEqual([0, second]);
  const list = (gateway: string) =>
    inventory.list(access.wholeTenant(t.actor.tenantId), { gateway, sort: "name", offset: 0, limit: 10 });
  expect((await list(second)).items.map(({ id }) => id)).toEqual([meter]);
  expect([(await list(first)).total, (await list("none")).total]).toEqual([0, 0]);
  const restarted = await t.restart();
  expect(restarted.assignments.gatewayOf(meter)).toBe(second);

  expect(await restarted.assignments.assign(t.actor, [meter], undefined)).toBe(1);
  expect(restarted.assignments.gatewayOf(meter)).toBeUndefined();
  expect(said).toMatchObject([
    { deviceIds: [meter], gatewayId: first, former: [] },
    { deviceIds: [meter], gatewayId: second, former: [first] },
    { deviceIds: [meter], gatewayId: undefined, former: [second] },
  ]);
  await restarted.flush();
  const log = await restarted.logs.list(t.actor.tenantId, meter, { beforeId: undefined, limit: 10 });
  expect(log.items.map(({ code }) => code)).toEqual([
    "gateway_unassigned",
    "gateway_assigned",
    "gateway_assigned",
    "device_added",
  ]);
  expect(log.items[1]?.data).toEqual({ by: "Ada", from: "g1", to: "g2" });
});

test("another tenant's devices and gateways are not found, and nothing of the call is done", async () => {
  const [meter, gateway] = [await add("m1"), await add("g1", "site-gateway")];
  const { assignments } = t.house;
  expect(await codeOf(assignments.assign(t.stranger, [meter], undefined))).toBe("device.not_found");
  expect(await codeOf(assignments.assign(t.stranger, [meter], gateway))).toBe("device.not_found");
  const unknown = "00000000-0000-7000-8000-000000000099";
  expect(await codeOf(assignments.assign(t.actor, [meter, unknown], gateway))).toBe("device.not_found");
  expect(assignments.gatewayOf(meter)).toBeUndefined();
});

test("a gateway has no gateway, only a gateway takes devices, and neither may be revoked", async () => {
  const [meter, other] = [await add("m1"), await add("m2")];
  const [gateway, second] = [await add("g1", "site-gateway"), await add("g2", "site-gateway")];
  const { assignments, revocation } = t.house;
  for (const [devices, to] of [
    [[second], gateway],
    [[gateway], gateway],
    [[meter], other],
  ] as const)
    expect(await codeOf(assignments.assign(t.actor, devices, to))).toBe("gateway.not_assignable");
  await revocation.revoke(t.actor, second);
  expect(await codeOf(assignments.assign(t.actor, [meter], second))).toBe("device.revoked");
  await revocation.revoke(t.actor, other);
  expect(await codeOf(assignments.assign(t.actor, [meter, other], gateway))).toBe("device.revoked");
  expect(assignments.devicesOf(gateway).size).toBe(0);
});

test("a gateway that is deleted leaves its devices behind, a deleted device leaves its gateway", async () => {
  const [meter, other, gateway] = [await add("m1"), await add("m2"), await add("g1", "site-gateway")];
  const { assignments, inventory } = t.house;
  await assignments.assign(t.actor, [meter, other], gateway);
  await inventory.delete(t.actor, other);
  expect([...assignments.devicesOf(gateway)]).toEqual([meter]);
  await inventory.delete(t.actor, gateway);
  expect(assignments.gatewayOf(meter)).toBeUndefined();
  expect((await inventory.get(t.actor.tenantId, meter)).gateway).toBeUndefined();
});
