import { seededRandom } from "@gatehouse/base";
import { encode } from "cborg";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeDeviceType } from "../conformance.ts";
import { DAY_MS, HOUR_MS } from "../simulation.ts";
import { meter } from "./index.ts";
import { encodeMeterReading, hasFlag, METER_FLAGS, type MeterReading, parseMeterReading } from "./reading.ts";
import { dailyLoad, simulateRegister } from "./register.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(meter, vectors);

const REQUEST = "0199a1b2-0000-7000-8000-000000000001";
const READING: MeterReading = {
  v: 1,
  n: 17,
  t: 1_772_366_400,
  kind: "asked",
  request: REQUEST,
  registers: { "1.8.0": 10_432_871, "2.8.0": 5 },
  flags: METER_FLAGS.tamper,
  serial: "GH40817123",
  digits: 8,
};
const wh = fc.nat({ max: 10 ** 8 - 1 });

describe("a signed reading", () => {
  it("has the bytes that are documented", () => {
    expect(Buffer.from(encodeMeterReading({ ...READING, registers: { "1.8.0": 1 } })).toString("hex")).toBe(
      "a9616e116174" +
        "1a69a42a40" +
        "617601646b696e646561736b656465666c6167730166646967697473" +
        "08667365726961" +
        "6c6a4748343038313731323367726571756573747824" +
        Buffer.from(REQUEST).toString("hex") +
        "69726567697374657273a165312e382e3001",
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.record({
          v: fc.constant(1 as const),
          n: fc.maxSafeNat(),
          t: fc.nat(),
          kind: fc.constantFrom("scheduled" as const, "asked" as const),
          registers: fc.record(
            { "1.8.0": wh, "1.8.1": wh, "1.8.2": wh, "2.8.0": wh },
            { requiredKeys: ["1.8.0"] },
          ),
          flags: fc.nat({ max: 15 }),
          serial: fc.stringMatching(/^[A-Z0-9]{1,40}$/),
          digits: fc.integer({ min: 8, max: 15 }),
        }),
        (reading) => {
          expect(parseMeterReading(encodeMeterReading(reading))).toEqual(reading);
        },
      ),
    );
  });

  it.each([
    ["another version", { ...READING, v: 2 }],
    ["an unknown member", { ...READING, price: 1 }],
    ["no register", { ...READING, registers: {} }],
    ["a register of another code", { ...READING, registers: { "1.8.0": 1, "9.9.9": 1 } }],
    ["a fraction of a watt-hour", { ...READING, registers: { "1.8.0": 1.5 } }],
    ["a register beyond its digits", { ...READING, registers: { "1.8.0": 10 ** 8 } }],
    ["an unknown flag", { ...READING, flags: 16 }],
    ["a request that is no id", { ...READING, request: "all" }],
    ["an empty serial number", { ...READING, serial: "" }],
    ["a negative counter", { ...READING, n: -1 }],
  ])("is refused with %s", (_, reading) => {
    expect(parseMeterReading(encodeMeterReading(reading as MeterReading))).toBeUndefined();
  });

  it("has one encoding: longer integers, other orders, trailing bytes and tags are refused", () => {
    const bytes = Buffer.from(encodeMeterReading(READING));
    const longer = Buffer.concat([bytes.subarray(0, 3), Buffer.from([0x18, 0x11]), bytes.subarray(4)]);
    const reordered = Buffer.from(encode(new Map(Object.entries(READING)), { mapSorter: () => 0 } as never));
    for (const other of [longer, reordered, Buffer.concat([bytes, Buffer.from([0])]), bytes.subarray(1)])
      expect(parseMeterReading(other)).toBeUndefined();
    expect(parseMeterReading(bytes)).toEqual(READING);
  });

  it("is never read from bytes that are not one, and never throws", () => {
    const bytes = encodeMeterReading(READING);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] as number) ^ change;
        const read = parseMeterReading(altered);
        if (read !== undefined) expect(Buffer.from(encodeMeterReading(read)).equals(altered)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (any) => void parseMeterReading(any)));
  });

  it("tells its flags", () => {
    expect(hasFlag(READING, "tamper")).toBe(true);
    expect(hasFlag(READING, "rollover")).toBe(false);
  });
});

describe("a simulated register", () => {
  const START_MS = 1_772_366_400_000;

  it("rises with the household's day: least in the night, most in the evening", () => {
    const at = (hour: number): number => dailyLoad(START_MS - 12 * HOUR_MS + hour * HOUR_MS);
    expect(at(3)).toBeLessThan(at(7.5));
    expect(at(7.5)).toBeLessThan(at(19.5));
    const random = seededRandom(3);
    const register = simulateRegister(random, { startWh: 0 });
    let before = -1;
    for (let hour = 0; hour <= 24; hour++) {
      const { wh: now } = register.read(START_MS + hour * HOUR_MS, random);
      expect(now).toBeGreaterThan(before);
      before = now;
    }
    // 180 to 900 W in the mean: 4 to 22 kWh a day, give or take.
    expect(before).toBeGreaterThan(3_000);
    expect(before).toBeLessThan(30_000);
  });

  it("rolls over at its digits and says so once", () => {
    const random = seededRandom(4);
    const register = simulateRegister(random, { digits: 5, startWh: 99_999 });
    expect(register.read(START_MS, random)).toMatchObject({ wh: 99_999, rolledOver: false });
    const after = register.read(START_MS + HOUR_MS, random);
    expect(after.rolledOver).toBe(true);
    expect(after.wh).toBeLessThan(5_000);
    expect(register.read(START_MS + HOUR_MS + 1_000, random).rolledOver).toBe(false);
  });

  it("is another meter after a replacement, which is told once", () => {
    const random = seededRandom(5);
    const register = simulateRegister(random);
    const old = register.read(START_MS, random);
    register.setTamper(true);
    expect(register.read(START_MS, random).tamper).toBe(true);
    register.replace(random);
    const fresh = register.read(START_MS, random);
    expect(fresh).toMatchObject({ wh: 0, replaced: true, tamper: false });
    expect(fresh.serial).not.toBe(old.serial);
    expect(register.read(START_MS + DAY_MS, random).replaced).toBe(false);
  });
});
