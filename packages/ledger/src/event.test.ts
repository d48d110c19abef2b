import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./base64.ts";
import { canonicalJson } from "./canonical-json.ts";
import { encodeEvent, type LedgerEvent, leafOf } from "./events.ts";
import { hidePersonal, matchesPersonal } from "./personal.ts";
import { eventOf } from "./testing/test-log.ts";

const malformed = expect.objectContaining({ code: "ledger.malformed" });

describe("canonical JSON", () => {
  it("writes the example of RFC 8785 §3.2.3", () => {
    const sorted = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(Object.values(JSON.parse(canonicalJson(sorted)) as object)).toEqual([
      "One",
      "Carriage Return",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it("writes the example of RFC 8785 §3.2.2", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0],
      string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("is one text for one value, whatever the order of names", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = canonicalJson(value);
        const reversed = JSON.parse(JSON.stringify(value), (_, item: unknown) =>
          typeof item === "object" && item !== null && !Array.isArray(item)
            ? Object.fromEntries(Object.entries(item).reverse())
            : item,
        );
        expect(canonicalJson(reversed)).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });

  it("refuses what JSON cannot say", () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    expect(canonicalJson(deep(32))).toContain("1");
    const values = [
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      () => 1,
      "\ud800",
      { "\udc00": 1 },
      { a: undefined },
      Object.assign([1], { length: 2 }),
      new Date(0),
      new Map(),
      deep(33),
    ];
    for (const value of values) expect(() => canonicalJson(value)).toThrow(malformed);
  });
});

describe("base64", () => {
  it("comes back as it was, and reads no other writing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."Aa0+/=-_ \n"), maxLength: 12 }), (text) => {
        for (const [decode, encode] of [
          [decodeBase64, encodeBase64],
          [decodeBase64Url, encodeBase64Url],
        ] as const) {
          const bytes = decode(text);
          if (bytes !== undefined) expect(encode(bytes)).toBe(text);
        }
      }),
      { numRuns: 2_000 },
    );
    for (const text of ["AA", "AA=", "AB==", "A===", "====", "AAAA=", "AA==AAAA", "AAA\u0141"])
      expect(decodeBase64(text), text).toBeUndefined();
  });
});

describe("events", () => {
  it("one event has one leaf, whatever the order of its members", () => {
    const event = eventOf(1);
    const reversed = Object.fromEntries(Object.entries(event).reverse()) as LedgerEvent;
    expect(leafOf(reversed)).toEqual(leafOf(event));
    expect(leafOf({ ...event, outcome: "failed" })).not.toEqual(leafOf(event));
  });

  it("refuses another shape, a moment that does not exist, and what is too large", () => {
    const event = eventOf(1);
    const text = "x".repeat(16_384);
    for (const wrong of [
      { ...event, v: 2 },
      { ...event, extra: 1 },
      { ...event, id: "" },
      { ...event, time: "2026-02-30T10:00:00.000Z" },
      { ...event, time: "2026-02-20T10:00:00Z" },
      { ...event, kind: "login" },
      { ...event, actor: { kind: "person" } },
      { ...event, outcome: "maybe" },
      { ...event, data: { text } },
      { ...event, data: { none: undefined } },
      { ...event, personal: { email: "ada@example.com" } },
      { ...event, personal: { "e mail": "A".repeat(43) } },
    ])
      expect(() => encodeEvent(wrong as unknown as LedgerEvent)).toThrow(malformed);
    expect(encodeEvent({ ...event, tenant: null, subject: null })).toBeInstanceOf(Uint8Array);
  });

  it("hides a value so that only its salt, its name and the value itself match", () => {
    const salt = new Uint8Array(32).fill(7);
    const hidden = hidePersonal(salt, "email", "ada@example.com");
    expect(encodeEvent({ ...eventOf(1), personal: { email: hidden } }).length).toBeGreaterThan(100);
    expect(matchesPersonal(hidden, salt, "email", "ada@example.com")).toBe(true);
    expect(matchesPersonal(hidden, salt, "email", "bob@example.com")).toBe(false);
    expect(matchesPersonal(hidden, salt, "mail", "ada@example.com")).toBe(false);
    expect(matchesPersonal(hidden, new Uint8Array(32), "email", "ada@example.com")).toBe(false);
    expect(matchesPersonal(hidden, new Uint8Array(31), "email", "ada@example.com")).toBe(false);
    expect(matchesPersonal(hidden, salt, "email", "\ud800")).toBe(false);
    expect(() => hidePersonal(new Uint8Array(16), "email", "x")).toThrow(malformed);
    expect(() => hidePersonal(salt, "a\0b", "x")).toThrow(malformed);
  });
});
