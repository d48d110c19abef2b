import type { Clock } from "@gatehouse/base";
import { expect, test } from "vitest";
import { ConnectLimits } from "./connect-limits.ts";
import { RateCounter } from "./counters.ts";
import { Pacer } from "./pacer.ts";

/** A clock that moves when told, and runs what falls due. */
function handClock() {
  let nowMs = 1_000_000;
  const due: { atMs: number; run: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs, run) {
      const entry = { atMs: nowMs + delayMs, run };
      due.push(entry);
      return { cancel: () => void due.splice(due.indexOf(entry), 1) };
    },
    every: () => ({ cancel: () => undefined }),
  };
  const pass = (ms: number): void => {
    const end = nowMs + ms;
    for (;;) {
      const next = due.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      due.splice(due.indexOf(next), 1);
      nowMs = next.atMs;
      next.run();
    }
    nowMs = end;
  };
  return { clock, pass };
}

test("a device sends five seconds' worth at once, then at its rate, and loses nothing", () => {
  const { clock, pass } = handClock();
  const pacer = new Pacer({ clock, perSecond: 100 });
  let done = 0;
  for (let i = 0; i < 700; i++) {
    if (pacer.take("a")) done++;
    else pacer.wait("a", () => done++);
  }
  expect(done).toBe(500);
  pass(1_000);
  expect(done).toBeGreaterThanOrEqual(597);
  expect(done).toBeLessThanOrEqual(601);
  pass(1_500);
  expect(done).toBe(700);
});

test("one device's rate is not another's", () => {
  const { clock } = handClock();
  const pacer = new Pacer({ clock, perSecond: 1 });
  for (let i = 0; i < 5; i++) expect(pacer.take("a")).toBe(true);
  expect(pacer.take("a")).toBe(false);
  expect(pacer.take("b")).toBe(true);
});

test("messages that wait keep their order, and later ones queue behind them", () => {
  const { clock, pass } = handClock();
  const pacer = new Pacer({ clock, perSecond: 1 });
  while (pacer.take("a"));
  const order: number[] = [];
  pacer.wait("a", () => order.push(1));
  pass(900);
  expect(pacer.take("a")).toBe(false);
  pacer.wait("a", () => order.push(2));
  pass(3_000);
  expect(order).toEqual([1, 2]);
});

test("an address gets its share of connections, and leaving gives the place back once", () => {
  const { clock } = handClock();
  const limits = new ConnectLimits(
    { maxConnections: 3, maxConnectionsPerAddress: 2, connectsPerSecond: 100 },
    clock,
  );
  const leave = limits.enter("192.0.2.1");
  expect(limits.enter("192.0.2.1")).toBeDefined();
  expect(limits.enter("192.0.2.1")).toBeUndefined();
  expect(limits.enter("192.0.2.2")).toBeDefined();
  expect(limits.enter("192.0.2.3")).toBeUndefined();
  leave?.();
  leave?.();
  expect(limits.open).toBe(2);
  expect(limits.enter("::ffff:192.0.2.1")).toBeDefined();
});

test("an address that connects too often waits; a /64 counts as one, loopback is not limited", () => {
  const { clock, pass } = handClock();
  const limits = new ConnectLimits(
    { maxConnections: 1e6, maxConnectionsPerAddress: 1e6, connectsPerSecond: 1 },
    clock,
  );
  for (let i = 0; i < 10; i++) expect(limits.enter(`2001:db8::${i}`)).toBeDefined();
  expect(limits.enter("2001:db8::99")).toBeUndefined();
  expect(limits.enter("2001:db8:0:1::1")).toBeDefined();
  pass(1_000);
  expect(limits.enter("2001:db8::99")).toBeDefined();
  for (let i = 0; i < 50; i++) expect(limits.enter("127.0.0.1")).toBeDefined();
});

test("a sweep through a million addresses leaves a bounded memory", () => {
  const { clock } = handClock();
  const limits = new ConnectLimits(
    { maxConnections: 10, maxConnectionsPerAddress: 10, connectsPerSecond: 1 },
    clock,
  );
  for (let i = 0; i < 100_000; i++) limits.enter(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)?.();
  expect(limits.open).toBe(0);
  expect(limits.places).toBeLessThanOrEqual(20_000);
});

test("the rate is the mean of the last ten seconds, and the spark holds a day", () => {
  const { clock, pass } = handClock();
  const counter = new RateCounter(clock);
  for (let second = 0; second < 20; second++) {
    counter.add(50);
    counter.settle();
    pass(1_000);
  }
  expect(counter.perSecond()).toBe(50);
  pass(20_000);
  expect(counter.perSecond()).toBe(0);
  expect(counter.total).toBe(1_000);
  expect(counter.spark()).toHaveLength(40);
  expect(counter.spark().reduce((a, b) => a + b)).toBe(1_000);
  pass(25 * 3_600_000);
  expect(counter.spark().every((count) => count === 0)).toBe(true);
});
