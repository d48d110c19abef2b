import { expect, test } from "vitest";
import { createTestHouse, type TestHouse } from "../testing/house.ts";

const on = { key: "set", params: { on: true } };
const states = (t: TestHouse) => t.heardOf("command.changed").map(({ command }) => command.state);
const never = new AbortController().signal;

async function withLed() {
  const t = await createTestHouse();
  const { device } = await t.addDevice("lamp", { typeId: "led" });
  return Object.assign(t, { led: device.id });
}

test("a command is stored before it is told, then delivered and acknowledged", async () => {
  await using t = await withLed();
  const stored: Promise<unknown>[] = [];
  t.bus.subscribe("command.changed", ({ command }) => {
    const sql = "select state from device_commands where id = $1";
    stored.push(t.database.pool.query(sql, [command.id]).then(({ rows }) => rows[0]?.state));
  });
  const { id } = await t.house.commands.send(t.actor, t.led, on);
  expect(await stored[0]).toBe("queued");
  expect(await t.house.commands.takePending(t.led)).toMatchObject([
    { id, params: { on: true }, byName: "Ada" },
  ]);
  expect(await t.house.commands.delivered(id)).toBe(true);
  expect(await t.house.commands.takePending(t.led)).toEqual([]);
  expect(await t.house.commands.answered(t.led, id, true)).toBe("acknowledged");
  expect(states(t)).toEqual(["queued", "delivered", "acknowledged"]);
  const { items } = await t.house.commands.list(t.actor.tenantId, t.led, { beforeSeq: undefined, limit: 10 });
  expect(items).toMatchObject([{ id, state: "acknowledged", deliveredMs: t.clock.nowMs() }]);
});

test("what comes twice or too late changes nothing and is told to nobody", async () => {
  await using t = await withLed();
  const { id } = await t.house.commands.send(t.actor, t.led, on);
  expect(await t.house.commands.answered(t.led, id, false, "bulb \0 broken")).toBe("failed");
  expect(await t.house.commands.answered(t.led, id, true)).toBe("failed");
  expect(await t.house.commands.delivered(id)).toBe(false);
  expect(states(t)).toEqual(["queued", "failed"]);
  expect(t.heardOf("command.changed").at(-1)?.command.reason).toBe("bulb \u{fffd} broken");
});

test("one device cannot answer for another, nor for what does not exist", async () => {
  await using t = await withLed();
  const other = await t.addDevice("other", { typeId: "led" });
  const { id } = await t.house.commands.send(t.actor, t.led, on);
  for (const command of [id, t.led, "no id", ""])
    await expect(t.house.commands.answered(other.device.id, command, true)).rejects.toMatchObject({
      code: "device.command_not_found",
    });
  expect(states(t)).toEqual(["queued"]);
});

test("a command that nobody takes or answers expires at its time, also after a restart", async () => {
  await using t = await withLed();
  await t.house.commands.send(t.actor, t.led, { ...on, ttlMs: 10_000 });
  const taken = await t.house.commands.send(t.actor, t.led, { ...on, ttlMs: 20_000 });
  const later = await t.house.commands.send(t.actor, t.led, { ...on, ttlMs: 60_000 });
  await t.house.commands.delivered(taken.id);
  t.clock.advance(11_000);
  await expect.poll(() => states(t).filter((state) => state === "expired").length).toBe(1);
  expect(await t.house.commands.takePending(t.led)).toMatchObject([{ id: later.id }]);
  t.clock.advance(10_000);
  // What ran out before is still being looked after: the next second looks again.
  let movedMs = 0;
  const expired = (): number => {
    if (movedMs < 20_000) t.clock.advance(1_000);
    movedMs += 1_000;
    return states(t).filter((state) => state === "expired").length;
  };
  await expect.poll(expired).toBe(2);
  await t.restart();
  t.clock.advance(60_000);
  await expect.poll(expired).toBe(3);
});

test("commands and parameters that the type does not know are refused", async () => {
  await using t = await withLed();
  const send = (key: string, params: Record<string, string | number | boolean>, device = t.led) =>
    t.house.commands.send(t.actor, device, { key, params });
  await expect(send("explode", {})).rejects.toMatchObject({ code: "device.command_unknown" });
  await expect(send("set", { on: "yes" })).rejects.toMatchObject({ code: "request.invalid" });
  await expect(send("set", {})).rejects.toMatchObject({ code: "request.invalid" });
  await expect(t.house.commands.send(t.stranger, t.led, on)).rejects.toMatchObject({
    code: "device.not_found",
  });
});

test("a device that collects nothing holds a hundred commands and no more, however many come at once", async () => {
  await using t = await withLed();
  for (let i = 0; i < 95; i++) await t.house.commands.send(t.actor, t.led, on);
  const sent = await Promise.allSettled(
    Array.from({ length: 15 }, () => t.house.commands.send(t.actor, t.led, on)),
  );
  expect(sent.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  expect(sent.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "limit.reached" },
  });
});

test("text in parameters comes back exactly, U+0000 and half a surrogate pair too", async () => {
  await using t = await createTestHouse();
  const { device } = await t.addDevice("thing", { typeId: "generic" });
  const params = { a: "\0", b: "\ud83d", c: "’; drop table devices; --", d: 1e-7 };
  await t.house.commands.send(t.actor, device.id, { key: "set", params });
  expect(await t.house.commands.takePending(device.id)).toMatchObject([{ params }]);
});

test("pages of commands neither repeat nor leave out one", async () => {
  await using t = await withLed();
  const sent = [];
  for (let i = 0; i < 7; i++) sent.push((await t.house.commands.send(t.actor, t.led, on)).id);
  const seen: string[] = [];
  let beforeSeq: number | undefined;
  do {
    const page = await t.house.commands.list(t.actor.tenantId, t.led, { beforeSeq, limit: 3 });
    seen.push(...page.items.map(({ id }) => id));
    beforeSeq = page.next === undefined ? undefined : Number(page.next);
  } while (beforeSeq !== undefined);
  expect(seen).toEqual(sent.reverse());
});

test("a waiting HTTP device gets a command as soon as it is sent, once", async () => {
  await using t = await withLed();
  const waiting = t.house.poll.next(t.led, 25_000, never);
  const { id } = await t.house.commands.send(t.actor, t.led, on);
  expect(await waiting).toMatchObject({ id, state: "delivered" });
  expect(await t.house.poll.next(t.led, 0, never)).toBeUndefined();
  expect(await t.house.commands.answered(t.led, id, true)).toBe("acknowledged");
});

test("a poll ends with nothing after its time, when the device asks again, and when it is gone", async () => {
  await using t = await withLed();
  const timedOut = t.house.poll.next(t.led, 5_000, never);
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.clock.advance(5_000);
  expect(await timedOut).toBeUndefined();
  const first = t.house.poll.next(t.led, 25_000, never);
  const gone = new AbortController();
  const second = t.house.poll.next(t.led, 25_000, gone.signal);
  expect(await first).toBeUndefined();
  gone.abort();
  expect(await second).toBeUndefined();
  const { id } = await t.house.commands.send(t.actor, t.led, on);
  expect(await t.house.commands.takePending(t.led)).toMatchObject([{ id }]);
});

test("revoking a device fails what waits for it", async () => {
  await using t = await withLed();
  await t.house.commands.send(t.actor, t.led, on);
  await t.house.revocation.revoke(t.actor, t.led);
  expect(t.heardOf("command.changed").at(-1)?.command).toMatchObject({
    state: "failed",
    reason: "device revoked",
  });
});

test("a device that never answers acknowledges by saying that it is as was asked", async () => {
  await using t = await withLed();
  const say = (on: boolean): void =>
    t.bus.publish("readings.stored", {
      readings: [
        {
          tenantId: t.actor.tenantId,
          deviceId: t.led,
          typeId: "led",
          tsMs: t.clock.nowMs(),
          receivedMs: t.clock.nowMs(),
          numbers: [],
          states: [["on", on]],
        },
      ],
    });
  const { id } = await t.house.commands.send(t.actor, t.led, on);
  const { id: second } = await t.house.commands.send(t.actor, t.led, { key: "set", params: { on: false } });
  await t.house.commands.delivered(id);
  say(false);
  await expect.poll(() => states(t)).toEqual(["queued", "queued", "delivered"]);
  say(true);
  await expect.poll(() => states(t).at(-1)).toBe("acknowledged");
  expect(t.heardOf("command.changed").at(-1)?.command.id).toBe(id);
  await t.house.commands.delivered(second);
  await expect.poll(() => states(t).slice(-2)).toEqual(["delivered", "acknowledged"]);
});
