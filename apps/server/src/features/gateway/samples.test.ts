import { expect, test } from "vitest";
import { readNumber, readSwitch } from "./bare-values.ts";
import { readEvent, readLog } from "./log-lines.ts";
import { decodeJson } from "./payload.ts";
import { Refused } from "./refused.ts";
import { readSample, readSamples, timeWindow } from "./samples.ts";

const NOW = 1_800_000_000_000;
const window = timeWindow(NOW, 7);
const DAY_MS = 86_400_000;

const read = (value: unknown) => readSample(value, window);
const codeOf = (result: unknown) => (result instanceof Refused ? result.code : "taken");
const decode = (text: string | Buffer) => decodeJson(Buffer.from(text));

test("values without a time are of now", () => {
  const now = { tsMs: NOW, untimed: true, values: { temperature: 21.4 } };
  expect(read({ temperature: 21.4 })).toEqual(now);
  expect(read({ values: { temperature: 21.4 } })).toEqual(now);
});

test("the time stands beside the values or around them, in milliseconds or seconds", () => {
  const expected = { tsMs: NOW - 5_000, values: { temperature: 21.4 } };
  expect(read({ ts: NOW - 5_000, values: { temperature: 21.4 } })).toEqual(expected);
  expect(read({ ts: NOW - 5_000, temperature: 21.4 })).toEqual(expected);
  expect(read({ ts: (NOW - 5_000) / 1000, temperature: 21.4 })).toEqual(expected);
});

test.each([
  ["five minutes and a bit ahead", NOW + 300_001],
  ["older than the owner allows", NOW - 7 * DAY_MS - 300_001],
  ["the year 1970", 0],
  ["the year 1970 in seconds", 3_600],
  ["the year 2100", 4_102_444_800_000],
  ["a text", "2026-01-01T00:00:00Z"],
  ["null", null],
  ["beyond every number", 1e308],
])("a timestamp is refused: %s", (_, ts) => {
  expect(codeOf(read({ ts, temperature: 1 }))).toBe("message.timestamp");
});

test("both ends of the window are inside it", () => {
  expect(codeOf(read({ ts: NOW + 300_000, a: 1 }))).toBe("taken");
  expect(codeOf(read({ ts: NOW - 7 * DAY_MS, a: 1 }))).toBe("taken");
});

test("a list gives one sample for each item, and one bad item does not refuse the others", () => {
  const results = readSamples([{ a: 1 }, { ts: 0, a: 1 }, 7, { a: 2 }], window);
  expect(results.map(codeOf)).toEqual(["taken", "message.timestamp", "message.malformed", "taken"]);
});

test.each([[[]], [{}], [{ ts: NOW }], [null], ["text"], [[[]]]])(
  "what holds no values is malformed: %j",
  (value) => {
    expect(readSamples(value, window).map(codeOf)).toEqual(["message.malformed"]);
  },
);

test("1,000 readings and 64 values are the most", () => {
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i]));
  expect(codeOf(read(many(64)))).toBe("taken");
  expect(codeOf(read(many(65)))).toBe("message.too_large");
  expect(readSamples(Array(1_000).fill({ a: 1 }), window)).toHaveLength(1_000);
  expect(readSamples(Array(1_001).fill({ a: 1 }), window).map(codeOf)).toEqual(["message.too_large"]);
});

test.each([
  ["not JSON", "{temperature: 1}", "message.malformed"],
  ["nothing", "", "message.malformed"],
  ["NaN", '{"a": NaN}', "message.not_finite"],
  ["Infinity", '{"a": -Infinity}', "message.not_finite"],
  ["deep", `${"[".repeat(10_000)}${"]".repeat(10_000)}`, "message.too_deep"],
  ["deep without end", "[".repeat(60_000), "message.too_deep"],
  ["deep in objects", `${'{"a":'.repeat(17)}1${"}".repeat(17)}`, "message.too_deep"],
  ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "message.invalid_utf8"],
  ["overlong", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "message.invalid_utf8"],
  ["65,537 bytes", `"${"x".repeat(65_535)}"`, "message.too_large"],
  ["U+0000", '{"a": "x\\u0000y"}', "message.malformed"],
])("JSON is refused: %s", (_, payload, code) => {
  expect(codeOf(decode(payload))).toBe(code);
});

test("brackets inside texts are no depth, and an escaped backslash before u0000 is text", () => {
  expect(codeOf(decode(JSON.stringify({ a: "[".repeat(100), b: '\\"{{{' })))).toBe("taken");
  expect(decode('{"a": "\\\\u0000"}')).toEqual({ value: { a: "\\u0000" } });
});

test("__proto__ is a key like any other and reaches no prototype", () => {
  const decoded = decode('{"__proto__": {"polluted": 1}, "a": 1}') as { value: object };
  expect(Object.keys(decoded.value)).toEqual(["__proto__", "a"]);
  expect(codeOf(read(decoded.value))).toBe("taken");
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ["21.5", 21.5],
  [" -3 ", -3],
  ["1e3", 1_000],
  [".5", 0.5],
  ["0x10", "message.malformed"],
  ["", "message.malformed"],
  ["NaN", "message.not_finite"],
  ["-inf", "message.not_finite"],
])("the bare number %j", (text, expected) => {
  const value = readNumber(Buffer.from(text));
  expect(value instanceof Refused ? value.code : value).toBe(expected);
});

test.each([
  ["ON", true],
  ["off", false],
  ["1", true],
  ["ÒN", "message.malformed"],
])("the switch %j", (text, expected) => {
  const value = readSwitch(Buffer.from(text));
  expect(value instanceof Refused ? value.code : value).toBe(expected);
});

test("an event with id and ok answers a command; any other one is a line of the log", () => {
  expect(readEvent(Buffer.from('{"id": "c1", "ok": false, "reason": "jammed"}'), window)).toEqual({
    id: "c1",
    ok: false,
    reason: "jammed",
  });
  expect(readEvent(Buffer.from('{"event": "door", "level": "warn", "side": "left"}'), window)).toEqual([
    { tsMs: NOW, kind: "event", level: "warn", message: "door", data: { event: "door", side: "left" } },
  ]);
});

test("a log is plain text, an object or a list", () => {
  expect(readLog(Buffer.from("booted"), window)).toEqual([
    { tsMs: NOW, kind: "log", level: "info", message: "booted" },
  ]);
  expect(
    readLog(Buffer.from(`[{"message": "a", "ts": ${NOW - 1}}, {"message": "b", "level": "error"}]`), window),
  ).toEqual([
    { tsMs: NOW - 1, kind: "log", level: "info", message: "a" },
    { tsMs: NOW, kind: "log", level: "error", message: "b" },
  ]);
});

test.each([
  ['{"message": 1}', "message.malformed"],
  ['{"message": "a", "level": "shout"}', "message.schema"],
  ['{"message": "a", "ts": 0}', "message.timestamp"],
  [`"${"x".repeat(5_000)}"`, "message.malformed"],
  ["[]", "message.malformed"],
])("the log %s is refused", (text, code) => {
  expect(codeOf(readLog(Buffer.from(text), window))).toBe(code);
});
