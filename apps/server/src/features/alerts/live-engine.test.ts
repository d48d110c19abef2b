import fc from "fast-check";
import { expect, test } from "vitest";
import { DueHeap } from "./due-heap.ts";
import { LiveEngine } from "./live-engine.ts";
import type { RuleRecord } from "./model.ts";
import type { WatchedDevice } from "./ports.ts";

const T0 = 1_772_366_400_000;
const DEVICE: WatchedDevice = {
  tenantId: "t",
  deviceId: "d",
  name: "n",
  siteId: "s",
  siteName: "S",
  timeZone: "UTC",
  typeId: "generic",
  tags: [],
  revoked: false,
  intervalMs: 1_000,
  metrics: [],
  openMetrics: true,
};
const rule = (part: Partial<RuleRecord>): RuleRecord => ({
  id: "r",
  tenantId: "t",
  name: "n",
  enabled: true,
  severity: "info",
  scope: {},
  condition: { kind: "threshold", metric: "a", op: "above", limit: 30 },
  holdMs: 0,
  channelIds: [],
  repeatMs: 0,
  createdMs: T0,
  updatedMs: T0,
  ...part,
});
const send = (engine: LiveEngine, value: number, s: number, deviceId = "d", metric = "a"): void => {
  const tsMs = T0 + s * 1000;
  engine.onReadings([
    {
      tenantId: "t",
      deviceId,
      typeId: "generic",
      tsMs,
      receivedMs: tsMs,
      numbers: [[metric, value]],
      states: [],
    },
  ]);
};

test("only watches of the device and the metric see a reading", () => {
  const engine = new LiveEngine();
  engine.list.setDevice(DEVICE);
  engine.list.setRule(rule({}), false, "rule_changed");
  send(engine, 99, 0, "another");
  send(engine, 99, 0, "d", "b");
  expect(engine.takeEffects()).toEqual([]);
  send(engine, 99, 0);
  expect(engine.takeEffects()).toMatchObject([{ effects: [{ kind: "raise" }] }]);
});

test("of a watch that flaps while nothing can be written, the first pair and the latest state are kept", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(20, 40), { maxLength: 40 }), fc.nat(40), (values, at) => {
      const engine = new LiveEngine();
      engine.list.setDevice(DEVICE);
      engine.list.setRule(rule({}), false, "rule_changed");
      for (const [i, value] of values.entries()) {
        send(engine, value, i);
        // A try that fails in between.
        if (i === at) for (const pending of engine.takeEffects()) engine.giveBackEffects(pending);
      }
      const effects = engine.takeEffects().flatMap((pending) => pending.effects);
      expect(effects.length).toBeLessThanOrEqual(4);
      for (const [i, { kind }] of effects.entries()) expect(kind).toBe(i % 2 === 0 ? "raise" : "clear");
      const isUp = values.at(-1) === 40;
      expect(effects.at(-1)?.kind ?? "clear").toBe(isUp ? "raise" : "clear");
      const first = values.indexOf(40);
      if (first >= 0) expect(effects[0]?.atMs).toBe(T0 + first * 1000);
    }),
  );
});

test("hold times that start and end again and again leave one entry each, and each is due in its order", () => {
  const engine = new LiveEngine();
  for (const id of ["a", "b", "c"]) engine.list.setDevice({ ...DEVICE, deviceId: id });
  engine.list.setRule(rule({ holdMs: 10_000 }), false, "rule_changed");
  for (let s = 0; s < 100; s++) for (const id of ["a", "b", "c"]) send(engine, s % 2 === 0 ? 40 : 20, s, id);
  send(engine, 40, 100, "b");
  send(engine, 40, 102, "a");
  engine.tick(T0 + 109_000);
  expect(engine.takeEffects()).toEqual([]);
  engine.tick(T0 + 200_000);
  const raised = engine.takeEffects().map(({ watch, effects }) => [watch.device.deviceId, effects[0]?.atMs]);
  expect(raised).toEqual([
    ["b", T0 + 110_000],
    ["a", T0 + 112_000],
  ]);
});

test("a rule that is gone raises nothing any more, and its device costs nothing", () => {
  const engine = new LiveEngine();
  engine.list.setDevice(DEVICE);
  engine.list.setRule(rule({ holdMs: 1_000 }), false, "rule_changed");
  send(engine, 40, 0);
  engine.list.removeRule("r", "rule_deleted");
  engine.tick(T0 + 60_000);
  expect(engine.takeEffects()).toEqual([]);
  expect(engine.list.ofDevice("d")).toBeUndefined();
  expect(engine.list.size).toBe(0);
});

test("the heap gives back everything that is due, earliest first, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.nat(1_000), (times, nowMs) => {
      const heap = new DueHeap<number>();
      for (const time of times) heap.push(time, time);
      const popped: number[] = [];
      for (let entry = heap.popDue(nowMs); entry !== undefined; entry = heap.popDue(nowMs))
        popped.push(entry.item);
      expect(popped).toEqual(times.filter((time) => time <= nowMs).sort((a, b) => a - b));
      expect(heap.size).toBe(times.length - popped.length);
    }),
  );
});
