import { seededRandom } from "@gatehouse/base";
import fc from "fast-check";
import { Check } from "typebox/value";
import { describe, expect, it } from "vitest";
import type { DeviceType, MetricSpec, MetricValue } from "./device-type.ts";
import { MAX_STRING_LENGTH, type ReadingRefusalCode, validateReading } from "./reading.ts";
import { DAY_MS, HOUR_MS, OCCASIONAL_FAULTS } from "./simulation.ts";

/** Readings that the type takes, and readings it refuses with the code. */
export interface ReadingVectors {
  readonly accepted: readonly Record<string, MetricValue>[];
  readonly refused: readonly (readonly [reading: unknown, code: ReadingRefusalCode])[];
}

/** Noon UTC on 1 March 2026. */
const START_MS = 1_772_366_400_000;
const MANY_FAULTS = { spike: 0.05, stuck: 0.02, dropout: 0.02 };
const CODES = new Set<string>([
  "message.schema",
  "message.not_finite",
  "message.out_of_range",
  "message.invalid_utf8",
  "message.too_many_metrics",
]);

/** What every device type must keep. Each type's test calls it once. */
export function describeDeviceType(type: DeviceType, vectors: ReadingVectors): void {
  describe(`device type ${type.id}`, () => {
    describeDefinition(type);
    describeReadings(type, vectors);
    describeSimulator(type);
  });
}

function describeDefinition(type: DeviceType): void {
  it("has names in both languages, an icon and an interval", () => {
    const labels = [
      type.label,
      ...type.metrics.map(({ label }) => label),
      ...type.commands.map(({ label }) => label),
    ];
    for (const { en, fr } of labels) expect(en && fr).toBeTruthy();
    expect(type.id).toMatch(/^[a-z][a-z0-9-]{0,39}$/);
    expect(type.icon).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(type.intervalMs).toBeGreaterThanOrEqual(1_000);
  });

  it("lists each metric once, with limits only on numbers and the right way round", () => {
    expect(type.metricByKey.size).toBe(type.metrics.length);
    expect(type.openMetrics || type.metrics.length > 0).toBe(true);
    for (const { kind, min, max } of type.metrics) {
      if (kind === "number") expect(min ?? -Infinity).toBeLessThan(max ?? Infinity);
      else expect([min, max]).toEqual([undefined, undefined]);
    }
  });

  it("promises Home Assistant only metrics and commands that it has", () => {
    for (const { metric, command } of type.homeAssistant) {
      expect(type.metricByKey.has(metric)).toBe(true);
      if (command) expect(type.commands.map(({ key }) => key)).toContain(command.key);
    }
  });
}

function describeReadings(type: DeviceType, vectors: ReadingVectors): void {
  it.each(vectors.accepted)("accepts %j", (reading) => expect(whatWasTaken(type, reading)).toEqual(reading));

  it.each(vectors.refused)("refuses %j: %s", (reading, code) => {
    expect(validateReading(type, reading)).toMatchObject({ ok: false, code });
  });

  it("takes each number up to its limits, and nothing beyond or that is not a number", () => {
    for (const { key, kind, min, max } of type.metrics) {
      if (kind !== "number") continue;
      for (const limit of [min, max]) {
        if (limit === undefined) continue;
        const beyond = limit + (limit === min ? -1 : 1) * Math.max(1e-6, Math.abs(limit) * 1e-9);
        expect(validateReading(type, { [key]: limit })).toMatchObject({ ok: true });
        expect(validateReading(type, { [key]: beyond })).toMatchObject({
          ok: false,
          code: "message.out_of_range",
          metric: key,
        });
      }
      for (const value of [Number.NaN, Infinity, -Infinity]) {
        expect(validateReading(type, { [key]: value })).toMatchObject({
          ok: false,
          code: "message.not_finite",
          metric: key,
        });
      }
    }
  });

  it(`takes metrics it does not list: ${type.openMetrics}`, () => {
    expect(validateReading(type, { notListed: 1 }).ok).toBe(type.openMetrics);
  });

  it("gives back exactly what was sent, for any reading that fits", () => {
    fc.assert(
      fc.property(fittingReadings(type), (reading) => {
        expect(whatWasTaken(type, reading)).toEqual(reading);
      }),
    );
  });

  it("answers anything at all with a reading or one of its codes, and never throws", () => {
    const anything = fc.anything({
      withNullPrototype: true,
      withDate: true,
      withMap: true,
      withBigInt: true,
    });
    const almost = fc.dictionary(fc.constantFrom("__proto__", "x", ...type.metricByKey.keys()), anything);
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          almost,
          fc.json().map((text) => JSON.parse(text)),
        ),
        (values) => {
          const result = validateReading(type, values);
          expect(result.ok || CODES.has(result.code)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
}

function describeSimulator(type: DeviceType): void {
  const run = (seed: number, faults = MANY_FAULTS, fromMs = START_MS, lengthMs = 2 * DAY_MS) => {
    const random = seededRandom(seed);
    const simulator = type.simulate(random, faults);
    const stepMs = Math.max(type.intervalMs, 30_000);
    const steps = Math.floor(lengthMs / stepMs);
    return Array.from({ length: steps }, (_, i) => simulator.next(fromMs + i * stepMs, random));
  };

  it("sends only valid readings for 48 hours, faults included", () => {
    for (const seed of [1, 2, 3]) {
      for (const reading of run(seed)) {
        if (reading) expect(validateReading(type, reading.values)).toMatchObject({ ok: true });
      }
    }
  });

  it("is silent now and then with faults, and never without", () => {
    expect(run(1).some((reading) => reading === undefined)).toBe(true);
    expect(run(1, { spike: 0, stuck: 0, dropout: 0 }).every((reading) => reading !== undefined)).toBe(true);
    const silent = run(1, OCCASIONAL_FAULTS).filter((reading) => reading === undefined);
    expect(silent.length).toBeLessThan(run(1).length / 20);
  });

  it("does the same again with the same seed, and something else with another", () => {
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it("keeps its metrics valid when the clock jumps, forwards or back", () => {
    const random = seededRandom(5);
    const simulator = type.simulate(random);
    for (const nowMs of [START_MS, START_MS + 400 * DAY_MS, 0, START_MS, START_MS - HOUR_MS]) {
      expect(validateReading(type, simulator.next(nowMs, random)?.values)).toMatchObject({ ok: true });
    }
  });

  it("understands each command that the type has, and survives any other", () => {
    const random = seededRandom(6);
    const simulator = type.simulate(random);
    for (const { component, metric, command } of type.homeAssistant) {
      if (command === undefined) continue;
      for (const value of component === "number" ? [0, 70, 100] : [true, false]) {
        const params = { [command.param]: value };
        expect(Check(type.commands.find(({ key }) => key === command.key)?.params ?? {}, params)).toBe(true);
        expect(simulator.command(command.key, params)).toBe(true);
        expect(simulator.next(START_MS, random)?.values[metric]).toBe(value);
      }
    }
    const key = fc.oneof(fc.string(), fc.constant("set"));
    const params = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("on", "brightness", "mode")),
      fc.jsonValue(),
    );
    fc.assert(fc.property(key, params, (any, given) => typeof simulator.command(any, given) === "boolean"));
    expect(simulator.command("no such command", {})).toBe(false);
    if (!type.openMetrics) {
      expect(validateReading(type, simulator.next(START_MS, random)?.values)).toMatchObject({ ok: true });
    }
  });
}

/** The reading as it was understood, put together again. */
function whatWasTaken(type: DeviceType, reading: unknown): Record<string, MetricValue> | undefined {
  const result = validateReading(type, reading);
  return result.ok ? Object.fromEntries([...result.numbers, ...result.states]) : undefined;
}

function fittingReadings(type: DeviceType): fc.Arbitrary<Record<string, unknown>> {
  const listed: fc.Arbitrary<Record<string, unknown>> = fc.record(
    Object.fromEntries(type.metrics.map((metric) => [metric.key, fittingValues(metric)])),
    { requiredKeys: [] },
  );
  const free: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Za-z0-9_.-]{0,63}$/),
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), TEXT),
    { maxKeys: 64 },
  );
  return (type.openMetrics ? free : listed).filter((reading) => Object.keys(reading).length > 0);
}

const TEXT = fc
  .string({ unit: "grapheme", maxLength: MAX_STRING_LENGTH / 8 })
  .filter((text) => !text.includes("\0") && text.length <= MAX_STRING_LENGTH);

function fittingValues({ kind, min, max }: MetricSpec): fc.Arbitrary<MetricValue> {
  if (kind === "boolean") return fc.boolean();
  if (kind === "string") return TEXT;
  return fc.double({ noNaN: true, noDefaultInfinity: true, min: min ?? -1e308, max: max ?? 1e308 });
}
