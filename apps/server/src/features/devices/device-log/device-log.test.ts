import { expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";

const sender = (t: TestHouse, deviceId: string) => ({
  tenantId: t.actor.tenantId,
  deviceId,
  via: "mqtt",
  address: "192.0.2.1",
});
const read = async (t: TestHouse, deviceId: string, more: { q?: string; kind?: string } = {}) =>
  (await t.house.logs.list(t.actor.tenantId, deviceId, { beforeId: undefined, limit: 500, ...more })).items;

async function withDevice() {
  const t = await createTestHouse();
  const { device } = await t.addDevice("one");
  await t.house.flush();
  return Object.assign(t, { deviceId: device.id });
}

test("lines are in the database when the sender is answered, in their order, and told on the bus", async () => {
  await using t = await withDevice();
  const lines = Array.from({ length: 100 }, (_, i) => ({ message: `line ${i}`, tsMs: i }));
  expect(await t.house.logs.append(sender(t, t.deviceId), lines)).toEqual({
    accepted: 100,
    refused: 0,
    limited: 0,
  });
  const sql = "select message, id from device_log where kind = 'log' order by id";
  const { rows } = await t.database.pool.query(sql);
  expect(rows.map(({ message }) => message)).toEqual(lines.map(({ message }) => message));
  const told = t.heardOf("device.log").filter(({ entry }) => entry.kind === "log");
  expect(told.map(({ entry }) => [entry.id, entry.message, entry.tsMs])).toEqual(
    rows.map(({ id, message }, i) => [String(id), message, i]),
  );
});

test("who sends the next line at the answer to the one before is answered too", async () => {
  await using t = await withDevice();
  for (let i = 0; i < 20; i++)
    expect(await t.house.logs.append(sender(t, t.deviceId), [{ message: `line ${i}` }])).toMatchObject({
      accepted: 1,
    });
});

test("a device has 200 lines at once and 50 a second; what is more is refused and counted", async () => {
  await using t = await withDevice();
  const lines = Array.from({ length: 300 }, () => ({ message: "x" }));
  expect(await t.house.logs.append(sender(t, t.deviceId), lines)).toEqual({
    accepted: 200,
    refused: 100,
    limited: 100,
  });
  expect(await t.house.logs.append(sender(t, t.deviceId), lines)).toEqual({
    accepted: 0,
    refused: 300,
    limited: 300,
  });
  t.clock.advance(2_000);
  expect(await t.house.logs.append(sender(t, t.deviceId), lines)).toEqual({
    accepted: 100,
    refused: 200,
    limited: 200,
  });
  expect(await t.house.refusals.ofDevice(t.actor.tenantId, t.deviceId)).toMatchObject({
    items: [{ code: "message.rate_limited", via: "mqtt", count: 600 }],
  });
});

test("a line that cannot be kept exactly is refused, the others are kept", async () => {
  await using t = await withDevice();
  const good = ["\u001b[31mred\u001b[0m\r\n", "田中さん 👩‍👩‍👧", "'; drop table device_log; --", ""];
  const deep = JSON.parse("[".repeat(10) + "]".repeat(10));
  const lines = [
    ...good.map((message) => ({ message, data: { "\0": "\ud800", n: 1e-9, deep } })),
    { message: "nul \0" },
    { message: "half \ud83d" },
    { message: "x".repeat(4_097) },
    { message: "big", data: "x".repeat(10_000) },
    { message: "when", tsMs: -1 },
    { message: "when", tsMs: Number.NaN },
    { message: 7 as unknown as string },
  ];
  expect(await t.house.logs.append(sender(t, t.deviceId), lines)).toEqual({
    accepted: 4,
    refused: 7,
    limited: 0,
  });
  const kept = await read(t, t.deviceId, { kind: "log" });
  expect(kept.map(({ message }) => message).reverse()).toEqual(good);
  expect(kept[0]?.data).toEqual({ "\0": "\ud800", n: 1e-9, deep });
});

test("search means what was typed, and pages go on where the last one ended", async () => {
  await using t = await withDevice();
  const messages = ["100% full", "1000 full", "a_b", "axb", "Tür offen"];
  await t.house.logs.append(
    sender(t, t.deviceId),
    messages.map((message) => ({ message })),
  );
  const found = async (q: string) => (await read(t, t.deviceId, { q })).map(({ message }) => message);
  expect(await found("100%")).toEqual(["100% full"]);
  expect(await found("A_B")).toEqual(["a_b"]);
  expect(await found("full")).toEqual(["1000 full", "100% full"]);
  const seen: string[] = [];
  let beforeId: number | undefined;
  do {
    const page = { beforeId, limit: 2, kind: "log" };
    const { items, next } = await t.house.logs.list(t.actor.tenantId, t.deviceId, page);
    seen.push(...items.map(({ message }) => message));
    beforeId = next === undefined ? undefined : Number(next);
  } while (beforeId !== undefined);
  expect(seen).toEqual(messages.toReversed());
  await expect(
    t.house.logs.list(t.stranger.tenantId, t.deviceId, { beforeId: undefined, limit: 9 }),
  ).rejects.toMatchObject({ code: "device.not_found" });
});

test("while the database is away nobody is promised anything, and our own remarks wait for it", async () => {
  await using t = await withDevice();
  await t.database.pool.query("alter table device_log rename to away");
  await expect(t.house.logs.append(sender(t, t.deviceId), [{ message: "lost" }])).rejects.toThrow(
    /device_log/,
  );
  t.house.context.deviceLog.note({ ...sender(t, t.deviceId), kind: "event", level: "info", message: "kept" });
  await t.house.context.deviceLog.flush();
  await t.database.pool.query("alter table away rename to device_log");
  t.clock.advance(1_000);
  await expect
    .poll(async () => (await read(t, t.deviceId, { kind: "event" })).map((e) => e.message))
    .toContain("kept");
});

test("lines of a device that is deleted meanwhile do not hold up the others", async () => {
  await using t = await withDevice();
  const gone = (await t.addDevice("gone")).device.id;
  await t.database.pool.query("delete from devices where id = $1", [gone]);
  const writes = Promise.all([
    t.house.logs.append(sender(t, gone), [{ message: "late" }]).catch(() => undefined),
    t.house.logs.append(sender(t, t.deviceId), [{ message: "mine" }]).catch(() => undefined),
  ]);
  await t.house.directory.reload(gone);
  await writes;
  await t.house.logs.append(sender(t, t.deviceId), [{ message: "mine" }]);
  expect((await read(t, t.deviceId, { kind: "log" })).length).toBeGreaterThan(0);
});

test("a device that reconnects in a loop and is refused all the time writes a few lines a minute, and what others send in its name none", async () => {
  await using t = await withDevice();
  const { tenantId } = t.actor;
  const one = { tenantId, deviceId: t.deviceId, via: "mqtt", address: "192.0.2.1", atMs: t.clock.nowMs() };
  for (let i = 0; i < 500; i++) {
    t.bus.publish("device.connected", one);
    t.bus.publish("message.refused", { ...one, code: "message.schema", detail: "bad\0" });
    t.bus.publish("message.refused", { ...one, code: "envelope.time", unproven: true });
    t.bus.publish("device.disconnected", { ...one, reason: "error" });
  }
  t.clock.advance(61_000);
  await t.house.flush();
  const lines = await read(t, t.deviceId);
  const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
  expect([count("connect"), count("disconnect"), count("refusal")]).toEqual([3, 4, 2]);
  expect(lines.map(({ message }) => message)).toContain("Refused 499 more times in a minute: message.schema");
});

test("our own lines carry a code with its parameters, for every reader's language; a device's lines carry none", async () => {
  await using t = await withDevice();
  const { tenantId } = t.actor;
  const one = { tenantId, deviceId: t.deviceId, via: "mqtts", address: "192.0.2.1", atMs: t.clock.nowMs() };
  t.bus.publish("device.connected", one);
  t.bus.publish("device.disconnected", { ...one, reason: "keepalive" });
  await t.house.inventory.update(t.actor, t.deviceId, { name: "two" });
  const forged = { kind: "event", message: "Device added", data: { code: "device_added" } } as const;
  await t.house.logs.append(sender(t, t.deviceId), [forged]);
  const said = (await read(t, t.deviceId)).map(({ code, data }) => [code, data]);
  expect(said).toEqual(
    expect.arrayContaining([
      ["connected", { via: "mqtts", address: "192.0.2.1" }],
      ["disconnected", { via: "mqtts", reason: "keepalive" }],
      ["device_renamed", { from: "one", to: "two", by: t.actor.name }],
      [undefined, forged.data],
    ]),
  );
  await t.database.pool.query("update device_log set code = null where code = 'connected'");
  expect(await read(t, t.deviceId, { kind: "connect" })).toMatchObject([{ message: "Connected by mqtts" }]);
});

test("old lines, commands and counts go after their time, newer ones stay", async () => {
  await using t = await withDevice();
  const { retentionJob } = await import("../jobs.ts");
  await t.house.logs.append(sender(t, t.deviceId), [{ message: "old" }]);
  t.house.refusals.accepted(t.deviceId, 3);
  await t.house.flush();
  t.clock.setWall(t.clock.nowMs() + 31 * 86_400_000);
  await t.house.logs.append(sender(t, t.deviceId), [{ message: "new", tsMs: 0 }]);
  await retentionJob(t.house.context, () => 30).run({}, new AbortController().signal);
  expect((await read(t, t.deviceId)).map(({ message }) => message)).toEqual(["new"]);
  expect((await t.database.pool.query("select from device_accepted")).rowCount).toBe(0);
});
