import type { ReadingVectors } from "../conformance.ts";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));

export const vectors: ReadingVectors = {
  accepted: [
    { co2: 420, occupied: true, mode: "auto" },
    { "a.b_c-D9": -0.5 },
    { text: "" },
    { text: "x".repeat(1024) },
    { text: "Ω≈ç√ 田中さん 👩‍👩‍👧 \u202e <script>alert(1)</script>" },
    { huge: 1e308 },
    { ["k".repeat(64)]: 1 },
    many(64),
  ],
  refused: [
    [{}, "message.schema"],
    [[], "message.schema"],
    [null, "message.schema"],
    [undefined, "message.schema"],
    ["on", "message.schema"],
    [21.5, "message.schema"],
    [{ a: null }, "message.schema"],
    [{ a: [1] }, "message.schema"],
    [{ a: { b: 1 } }, "message.schema"],
    [{ a: "x".repeat(1025) }, "message.schema"],
    [{ a: "nul\0" }, "message.schema"],
    [{ a: "half \ud83d" }, "message.invalid_utf8"],
    [{ a: Number.NaN }, "message.not_finite"],
    [JSON.parse('{"a":1e999}'), "message.not_finite"],
    [many(65), "message.too_many_metrics"],
    [JSON.parse('{"__proto__":1}'), "message.schema"],
    [{ constructor: 1 }, "message.schema"],
    [{ prototype: 1 }, "message.schema"],
    [{ hasOwnProperty: 1 }, "message.schema"],
    [{ toString: 1 }, "message.schema"],
    [{ "": 1 }, "message.schema"],
    [{ "1a": 1 }, "message.schema"],
    [{ "a b": 1 }, "message.schema"],
    [{ "a\n": 1 }, "message.schema"],
    [{ é: 1 }, "message.schema"],
    [{ ["k".repeat(65)]: 1 }, "message.schema"],
  ],
};
