import { isAppError } from "@gatehouse/base";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshId, SiteHouse } from "../../compose/testing/site-house.ts";

let house: SiteHouse;
beforeEach(async () => {
  house = await SiteHouse.open(12);
}, 60_000);
afterEach(async () => house?.end());

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
const start = (deadlineSeconds = 60, body: object = { all: true }) =>
  house.call("POST /meter-reads", { body: { ...body, deadlineSeconds } });
const get = (id: string) => house.call("GET /meter-reads/:id", { id });
const devicesOf = (id: string, verdict?: string) =>
  house.call("GET /meter-reads/:id/devices", { id, query: verdict === undefined ? {} : { verdict } });
const asked = () => house.sent.filter(({ message }) => message.kind === "read");

/** Two gateways, two meters each, and one meter that nobody speaks for. */
function site() {
  const [g1, g2] = [house.add("site-gateway", "g1"), house.add("site-gateway", "g2")];
  const meters = [1, 2, 3, 4].map((i) => house.add("meter", `m${i}`, i < 3 ? g1 : g2)) as [
    string,
    string,
    string,
    string,
  ];
  const own = house.add("meter", "m5");
  house.add("thermometer", "t1", g1);
  return { g1, g2, meters, own };
}

test("every meter is asked through its gateway, and the round is done when each has its verdict", async () => {
  const { g1, g2, meters, own } = site();
  for (const id of [g1, g2, own]) house.connect(id);
  const made = await start();
  expect(made).toMatchObject({ state: "open", total: 5, open: 5, verdicts: {}, byName: "Ada" });
  expect(asked().map(({ to, message }) => [to, [...(message.devices as string[])].sort()])).toEqual(
    expect.arrayContaining([
      [g1, [meters[0], meters[1]].sort()],
      [g2, [meters[2], meters[3]].sort()],
      [own, [own]],
    ]),
  );
  for (const id of [meters[0], meters[2], own])
    expect(await house.read(id, { request: made.id })).toBeUndefined();
  const items = [{ deviceId: meters[1], verdict: "silent" }];
  expect(await house.control(g1, { kind: "verdicts", requestId: made.id, items })).toBeUndefined();
  const half = await get(made.id);
  expect(half).toMatchObject({ state: "open", open: 1, verdicts: { read: 3, silent: 1 } });
  expect(half.expectedMs).toBeLessThanOrEqual(made.deadlineMs);
  const last = [{ deviceId: meters[3], verdict: "unreachable", detail: "no link" }];
  await house.control(g2, { kind: "verdicts", requestId: made.id, items: last });
  const done = await house.eventually(
    () => get(made.id),
    ({ state }) => state === "done",
  );
  expect(done).toMatchObject({ state: "done", open: 0, verdicts: { read: 3, silent: 1, unreachable: 1 } });
  const { items: missing, total } = await devicesOf(made.id, "missing");
  expect([total, missing]).toMatchObject([
    2,
    [
      { name: "m2", gatewayName: "g1", verdict: "silent" },
      { name: "m4", gatewayName: "g2", verdict: "unreachable", detail: "no link" },
    ],
  ]);
}, 30_000);

test("a verdict is given once: the first counts, whoever comes second", async () => {
  const { g1, meters } = site();
  const { id } = await start();
  const silent = { kind: "verdicts", requestId: id, items: [{ deviceId: meters[0], verdict: "silent" }] };
  await house.control(g1, silent);
  await house.read(meters[0], { request: id });
  await house.read(meters[1], { request: id });
  await house.control(g1, { ...silent, items: [{ deviceId: meters[1], verdict: "failed" }] });
  await Promise.all([1, 2, 3].map(() => house.control(g1, silent)));
  expect(await get(id)).toMatchObject({ open: 3, verdicts: { silent: 1, read: 1 } });
  const { rows } = await house.database.pool.query("select count(*)::int as n from meter_read_devices");
  expect(rows).toEqual([{ n: 5 }]);
}, 30_000);

test("at the deadline who is open has not answered; a reading that comes later is kept and changes nothing", async () => {
  const { meters } = site();
  const { id } = await start(60);
  await house.read(meters[0], { request: id });
  house.clock.nowAt += 61_000;
  const over = await house.eventually(
    () => get(id),
    ({ state }) => state === "done",
  );
  expect(over).toMatchObject({ verdicts: { read: 1, no_answer: 4 }, open: 0 });
  expect(await house.read(meters[1], { request: id })).toBeUndefined();
  expect((await get(id)).verdicts).toEqual({ read: 1, no_answer: 4 });
  const { items } = await house.call("GET /signed-readings", { id: meters[1] });
  expect(items).toMatchObject([{ counter: 1, meterReadId: id }]);
}, 30_000);

test("a gateway that comes late, or again, is asked for what is still open, also after a restart", async () => {
  const { g1, meters } = site();
  const { id } = await start();
  expect(asked()).toEqual([]);
  await house.read(meters[0], { request: id });
  house.connect(g1);
  await house.eventually(asked, (all) => all.length === 1);
  expect(asked()[0]?.message.devices).toEqual([meters[1]]);
  await house.restart();
  house.connect(g1);
  await house.eventually(asked, (all) => all.length === 1);
  expect(asked()[0]?.message).toMatchObject({ requestId: id, devices: [meters[1]] });
  for (const meter of meters.slice(1)) await house.read(meter, { request: id });
  expect((await get(id)).verdicts).toEqual({ read: 4 });
}, 30_000);

test("a meter that is given to another gateway is asked there, and only that one speaks of it", async () => {
  const { g1, g2, meters } = site();
  house.connect(g1);
  house.connect(g2);
  const { id } = await start();
  house.sent.length = 0;
  house.gatewayOf.set(meters[0], g2);
  const { tenantId } = house;
  house.bus.publish("gateway.assigned", {
    tenantId,
    deviceIds: [meters[0]],
    gatewayId: g2,
    former: [g1],
    atMs: 1,
  });
  await house.eventually(asked, (all) => all.some(({ to }) => to === g2));
  expect(asked().find(({ to }) => to === g2)?.message.devices).toContain(meters[0]);
  const listed = house.sent.filter(({ message }) => message.kind === "assigned");
  expect(listed.map(({ to }) => to).sort()).toEqual([g1, g2].sort());
  const silent = [{ deviceId: meters[0], verdict: "silent" }];
  const said = { kind: "verdicts", requestId: id, items: silent };
  expect(await house.control(g1, said)).toBe("message.topic_forbidden");
  expect((await get(id)).verdicts).toEqual({});
  expect(await house.control(g2, said)).toBeUndefined();
  expect((await get(id)).verdicts).toEqual({ silent: 1 });
}, 30_000);

test("a round that is cancelled asks nobody else, and says so to its gateways", async () => {
  const { g1, meters } = site();
  house.connect(g1);
  const { id } = await start();
  await house.read(meters[0], { request: id });
  expect(await house.call("POST /cancel", { id })).toMatchObject({
    state: "cancelled",
    open: 0,
    verdicts: { read: 1, cancelled: 4 },
  });
  expect(house.sent.at(-1)).toEqual({ to: g1, message: { kind: "cancel", requestId: id } });
  house.sent.length = 0;
  house.connect(g1);
  await house.eventually(
    () => house.sent,
    (all) => all.length > 0,
  );
  expect(asked()).toEqual([]);
  expect(await house.call("POST /cancel", { id })).toMatchObject({ state: "cancelled" });
}, 30_000);

test("nothing of another tenant is seen, asked or ended", async () => {
  site();
  const { id } = await start();
  const { stranger } = house;
  for (const operation of ["GET /meter-reads/:id", "GET /meter-reads/:id/devices", "POST /cancel"])
    expect(await codeOf(house.call(operation, { id, tenantId: stranger }))).toBe("meter_read.not_found");
  expect((await house.call("GET /meter-reads", { tenantId: stranger })).items).toEqual([]);
  const body = { all: true, deadlineSeconds: 60 };
  expect(await codeOf(house.call("POST /meter-reads", { body, tenantId: stranger }))).toBe(
    "meter_read.no_meters",
  );
  expect((await get(id)).state).toBe("open");
}, 30_000);

test("the meters behind one gateway are read, and those of others are left alone", async () => {
  const { g1, meters } = site();
  house.connect(g1);
  const { id, total } = await start(60, { gatewayId: g1 });
  await house.eventually(asked, (all) => all.length === 1);
  const devices = asked().flatMap(({ message }) => message.devices as string[]);
  expect(devices).toHaveLength(total);
  expect(total).toBeLessThan(meters.length);
  expect(devices.every((device) => house.gatewayOf.get(device) === g1)).toBe(true);
  expect((await get(id)).total).toBe(total);
}, 30_000);

test("a round is asked for in one way, of meters, and ten may be open at once", async () => {
  const { g1, meters } = site();
  expect(await codeOf(start(60, {}))).toBe("request.invalid");
  expect(await codeOf(start(60, { all: true, siteId: "site" }))).toBe("request.invalid");
  expect(await codeOf(start(60, { siteId: freshId() }))).toBe("site.not_found");
  expect(await codeOf(start(60, { deviceIds: [g1] }))).toBe("meter_read.no_meters");
  expect(await codeOf(start(60, { deviceIds: [freshId()] }))).toBe("device.not_found");
  expect(await codeOf(start(60, { gatewayId: freshId() }))).toBe("device.not_found");
  expect(await codeOf(start(60, { gatewayId: g1, all: true }))).toBe("request.invalid");
  expect(await start(60, { siteId: "site" })).toMatchObject({ total: 5 });
  for (let i = 1; i < 10; i++)
    expect(await start(60, { deviceIds: [meters[0]] })).toMatchObject({ total: 1 });
  expect(await codeOf(start())).toBe("limit.reached");
  const first = await house.call("GET /meter-reads", { query: { limit: "4" } });
  const rest = await house.call("GET /meter-reads", { query: { before: first.next } });
  expect([first.items.length, rest.items.length, rest.next]).toEqual([4, 6, undefined]);
}, 30_000);

test("the list of a round is exported as a spreadsheet reads it", async () => {
  const { g1 } = site();
  house.add("meter", "=cmd", g1);
  const { id } = await start();
  const chunks: Buffer[] = [];
  for await (const chunk of await house.call("GET /devices.csv", { id, query: { verdict: "waiting" } }))
    chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString().split("\r\n");
  expect(lines).toHaveLength(8);
  expect(lines[0]).toBe("device,id,gateway,verdict,detail,time");
  expect(lines[1]).toMatch(/^'=cmd,[0-9a-f-]{36},g1,,,$/);
}, 30_000);

test("a gateway says what waits at its site and whom it heard; of others it says nothing", async () => {
  const { g1, meters } = site();
  const queue = { messages: 12, bytes: 4_096, dropped: 1 };
  const lastHeardMs = house.clock.nowMs() - 1_000;
  const heard = (deviceId: string) => ({ deviceId, lastHeardMs, via: "ws" });
  const state = (deviceIds: string[]) => ({ kind: "state", queue, devices: deviceIds.map(heard) });
  expect(await house.control(g1, state([meters[0]]))).toBeUndefined();
  expect(await house.control(g1, state([meters[2]]))).toBe("message.topic_forbidden");
  expect(house.heard).toEqual([meters[0]]);
  expect(await house.control(meters[0], state([]))).toBe("message.schema");
  expect(await house.control(g1, { ...state([]), more: 1 })).toBe("message.schema");
  await house.restart();
  const { items, total } = await house.call("GET /gateways");
  expect([total, items[0]]).toMatchObject([2, { name: "g1", devices: 3, siteName: "House", queue }]);
  expect((await house.call("GET /gateways", { tenantId: house.stranger })).total).toBe(0);
  expect(await codeOf(house.call("GET /gateways/:id", { id: meters[0] }))).toBe("device.not_found");
}, 30_000);
