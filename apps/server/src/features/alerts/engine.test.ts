import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Effect, evaluate, INITIAL, type Input, MAX_AGE_MS, type WatchRule } from "./engine.ts";
import type { MeasuredCondition } from "./model.ts";
import type { MetricValue } from "./signal.ts";

const T0 = 1_772_366_400_000;
const above: MeasuredCondition = { kind: "threshold", metric: "t", op: "above", limit: 30, hysteresis: 2 };

const ruleOf = (condition: MeasuredCondition, holdMs = 0, armed = (_: number) => true): WatchRule => ({
  condition,
  holdMs,
  armed,
});
const at = (seconds: number, value: MetricValue, receivedS = seconds): Input => ({
  kind: "reading",
  tsMs: T0 + seconds * 1000,
  receivedMs: T0 + receivedS * 1000,
  value,
});
const tick = (seconds: number): Input => ({ kind: "tick", nowMs: T0 + seconds * 1000 });

/** Effects as `raise@12` in seconds since T0. */
function run(rule: WatchRule, inputs: readonly Input[]): string[] {
  let state = INITIAL;
  return inputs.flatMap((input) => {
    const result = evaluate(rule, state, input);
    state = result.state;
    return result.effects.map(written);
  });
}
const written = ({ kind, atMs }: Effect): string => `${kind}@${(atMs - T0) / 1000}`;

describe("threshold", () => {
  test("raises beyond the limit, and clears only beyond the hysteresis", () => {
    const inputs = [at(0, 30), at(1, 30.1), at(2, 29), at(3, 31), at(4, 28.01), at(5, 28), at(6, 30)];
    expect(run(ruleOf(above), inputs)).toEqual(["raise@1", "clear@5"]);
  });

  test("below and outside mirror it", () => {
    const below = ruleOf({ ...above, op: "below", limit: 5, hysteresis: 1 });
    expect(run(below, [at(0, 5), at(1, 4.9), at(2, 5.5), at(3, 6)])).toEqual(["raise@1", "clear@3"]);
    const outside = ruleOf({ ...above, op: "outside", limit: 10, upper: 20, hysteresis: 1 });
    const inputs = [at(0, 15), at(1, 21), at(2, 19.5), at(3, 9), at(4, 10.5), at(5, 11), at(6, 9.9)];
    expect(run(outside, inputs)).toEqual(["raise@1", "clear@5", "raise@6"]);
  });

  test("a value in the band never raises and never clears", () => {
    const inBand = fc.double({ min: 28, max: 30, minExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(inBand, { maxLength: 50 }), fc.boolean(), (values, isRaised) => {
        const start = isRaised ? [at(0, 31)] : [at(0, 20)];
        const inputs = [...start, ...values.map((value, i) => at(i + 1, value))];
        expect(run(ruleOf(above), inputs)).toEqual(isRaised ? ["raise@0"] : []);
      }),
    );
  });
});

describe("hold time", () => {
  const held = ruleOf(above, 60_000);

  test("raises when the condition held for so long, also without a further reading", () => {
    expect(run(held, [at(0, 31), tick(59), tick(60), tick(120)])).toEqual(["raise@60"]);
  });

  test("starts again when the condition was over in between", () => {
    expect(run(held, [at(0, 31), at(30, 20), at(40, 31), tick(99), tick(100)])).toEqual(["raise@100"]);
  });

  test("a late tick says the time at which it was due", () => {
    expect(run(held, [at(0, 31), at(90, 20), tick(91)])).toEqual(["raise@60", "clear@90"]);
  });
});

describe("readings that come late", () => {
  test("an older one than the newest considered neither raises nor clears", () => {
    expect(run(ruleOf(above), [at(10, 20), at(5, 99, 11), at(12, 99), at(11, 20, 13)])).toEqual(["raise@12"]);
  });

  test("one older than five minutes says nothing about now", () => {
    const late = at(0, 99, MAX_AGE_MS / 1000 + 1);
    expect(run(ruleOf(above), [late])).toEqual([]);
    expect(run(ruleOf(above), [at(0, 99, MAX_AGE_MS / 1000)])).toEqual(["raise@0"]);
  });

  test("a clock that is ahead counts as now, and does not shut out what comes after it is corrected", () => {
    expect(run(ruleOf(above), [at(300, 99, 10), at(20, 20, 20)])).toEqual(["raise@10", "clear@20"]);
  });
});

describe("silence", () => {
  const silent = ruleOf({ kind: "silence", forMs: 60_000 });

  test("raises when nothing was heard for so long, and clears at the next message", () => {
    expect(run(silent, [at(0, true), at(50, true), tick(109), tick(110), at(200, true)])).toEqual([
      "raise@110",
      "clear@200",
    ]);
  });

  test("back-dated readings are heard when they arrive", () => {
    expect(run(silent, [at(0, true), at(-86_400, true, 50), tick(109), tick(110)])).toEqual(["raise@110"]);
  });

  test("a device that was never heard is not silent", () => {
    expect(run(silent, [tick(1_000_000)])).toEqual([]);
  });
});

describe("state and rate", () => {
  test("a state raises while it is equal, whatever the type", () => {
    const open = ruleOf({ kind: "state", metric: "open", equals: true });
    expect(run(open, [at(0, "true"), at(1, true), at(2, true), at(3, false)])).toEqual([
      "raise@1",
      "clear@3",
    ]);
  });

  test("a rate is measured over the whole window, not between two neighbours", () => {
    const rises = ruleOf({ kind: "rate", metric: "t", op: "rises", perMinute: 2, windowMs: 60_000 });
    const jump = [at(0, 20), at(1, 25), at(2, 20), at(59, 20), at(61, 20)];
    expect(run(rises, jump)).toEqual([]);
    const climb = Array.from({ length: 20 }, (_, i) => at(i * 10, 20 + i * 0.5));
    expect(run(rises, climb)).toEqual(["raise@60"]);
    const falls = ruleOf({ kind: "rate", metric: "t", op: "falls", perMinute: 2, windowMs: 60_000 });
    expect(run(falls, climb)).toEqual([]);
  });

  test("a device that reports more rarely than the window is measured between its reports", () => {
    const rises = ruleOf({ kind: "rate", metric: "t", op: "rises", perMinute: 1, windowMs: 10_000 });
    expect(run(rises, [at(0, 20), at(240, 23), at(480, 30), at(720, 30)])).toEqual([
      "raise@480",
      "clear@720",
    ]);
  });

  test("the window keeps few samples, however fast the device is", () => {
    const rule = ruleOf({ kind: "rate", metric: "t", op: "rises", perMinute: 2, windowMs: 3_600_000 });
    let state = INITIAL;
    for (let i = 0; i < 100_000; i++) state = evaluate(rule, state, at(i / 10, i)).state;
    expect(state.samples?.length).toBeLessThanOrEqual(62);
  });
});

describe("schedule", () => {
  test("what holds already is raised in the minute in which the schedule becomes armed", () => {
    const rule = ruleOf(above, 0, (ms) => ms >= T0 + 600_000);
    expect(run(rule, [at(0, 31), tick(599), at(599.5, 31.5), tick(600), tick(900)])).toEqual(["raise@600"]);
  });

  test("what is over before is never raised, and clearing does not wait for the schedule", () => {
    const later = ruleOf(above, 0, (ms) => ms >= T0 + 600_000);
    expect(run(later, [at(0, 31), at(300, 20), tick(700)])).toEqual([]);
    const earlier = ruleOf(above, 0, (ms) => ms < T0 + 600_000);
    expect(run(earlier, [at(0, 31), at(700, 20), at(701, 31), tick(800)])).toEqual(["raise@0", "clear@700"]);
  });
});

describe("whatever comes in whatever order", () => {
  const condition: fc.Arbitrary<MeasuredCondition> = fc.oneof(
    fc.constant<MeasuredCondition>(above),
    fc.constant<MeasuredCondition>({ kind: "silence", forMs: 20_000 }),
    fc.constant<MeasuredCondition>({
      kind: "rate",
      metric: "t",
      op: "rises",
      perMinute: 2,
      windowMs: 10_000,
    }),
    fc.constant<MeasuredCondition>({ kind: "state", metric: "t", equals: 31 as never }),
  );
  const armed = fc.constantFrom(
    (_: number) => true,
    (ms: number) => Math.floor(ms / 60_000) % 2 === 0,
  );
  const rules = fc
    .record({ condition, holdMs: fc.constantFrom(0, 5_000, 90_000), armed })
    .map((rule): WatchRule => rule);
  const second = fc.integer({ min: 0, max: 600 });
  const value = fc.constantFrom(20, 28, 29, 30, 31, 40);

  test("raise and clear alternate, so that at most one alert is open", () => {
    const step = fc.oneof(
      fc
        .record({ s: second, late: fc.integer({ min: -60, max: 400 }), value })
        .map(({ s, late, value }) => at(s - late, value, s)),
      second.map(tick),
    );
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 60 }), (rule, inputs) => {
        const kinds = run(rule, inputs).map((effect) => effect.split("@")[0]);
        for (const [i, kind] of kinds.entries()) expect(kind).toBe(i % 2 === 0 ? "raise" : "clear");
      }),
      { numRuns: 500 },
    );
  });

  test("ticks change when an effect is known, never which effects there are", () => {
    const readings = fc
      .array(fc.tuple(second, value), { maxLength: 40 })
      .map((list) => list.sort((a, b) => a[0] - b[0]).map(([s, v]) => at(s, v)));
    fc.assert(
      fc.property(rules, readings, fc.array(second, { maxLength: 40 }), (rule, inputs, ticks) => {
        const timeOf = (input: Input) => (input.kind === "tick" ? input.nowMs : input.tsMs);
        const mixed = [...ticks.map(tick), ...inputs].sort((a, b) => timeOf(a) - timeOf(b));
        expect(run(rule, [...mixed, tick(700)])).toEqual(run(rule, [...inputs, tick(700)]));
      }),
      { numRuns: 500 },
    );
  });

  test("readings resent in their order change nothing once they were considered", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (values) => {
        const inputs = values.map((v, i) => at(i, v));
        const twice = inputs.flatMap((input) => [input, input]);
        expect(run(ruleOf(above), twice)).toEqual(run(ruleOf(above), inputs));
      }),
    );
  });
});
