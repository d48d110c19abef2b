import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { absent, buildCamera } from "./firmware/build.ts";

// The firmware's own small parts, against those of others.

const DEPTH = 8;
/** The order of the base point (RFC 8032 §5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

/** Whether the platform's own reader takes it, within the depth that the firmware reads. */
function isJson(text: string): boolean {
  try {
    // A value in eight brackets is the ninth level.
    return depthOf([JSON.parse(text)]) <= DEPTH;
  } catch {
    return false;
  }
}

describe.skipIf(absent !== "")(`parts of the camera's firmware${absent}`, () => {
  let program: string;
  beforeAll(async () => {
    program = await buildCamera();
  }, 300_000);

  const verdicts = (texts: readonly string[]): string => {
    const input = texts.map((text) => `${Buffer.from(text).toString("hex")}\n`).join("");
    const { stdout, stderr, status } = spawnSync(program, ["json"], { input, encoding: "utf8" });
    expect([stderr, status]).toEqual(["", 0]);
    return stdout.replaceAll("\n", "");
  };
  const expected = (texts: readonly string[]): string =>
    texts.map((text) => (isJson(text) ? "1" : "0")).join("");

  it("takes for JSON what JSON.parse does, up to its depth, and nothing else", () => {
    const valid = fc.sample(fc.json({ maxDepth: 6 }), { numRuns: 1_500, seed: 1 });
    const altered = valid.flatMap((text, at) => {
      const place = (at * 7919) % (text.length + 1);
      const other = '{}[],:"\\0-+.eEu tfn\u0001'[at % 21] as string;
      const without = text.slice(0, place) + text.slice(place + 1);
      return [without, text.slice(0, place) + other + text.slice(place), text.slice(0, place)];
    });
    const chosen = [
      ...[
        "",
        " ",
        "{",
        "[1,]",
        "{,}",
        '{"a"}',
        '{"a":}',
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "nul",
        "truefalse",
      ],
      ...[
        '"\\u12"',
        '"\\x"',
        '"\\',
        '"a',
        "\t[ ]\n",
        '{"a":1,"a":2}',
        "-0.5E-3",
        '"\\ud800"',
        "[1] 2",
        "\u0000",
      ],
      ...["[[[[[[[1]]]]]]]", "[[[[[[[[1]]]]]]]]", "[".repeat(5_000), '{"a":'.repeat(5_000)],
    ];
    const texts = [...valid, ...altered, ...chosen];
    expect(verdicts(texts)).toBe(expected(texts));
  });

  it("verifies Ed25519 as others sign it, on mbed TLS alone", () => {
    const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): number | null =>
      spawnSync(program, [
        "verify",
        ...[key, message, signature].map((bytes) => Buffer.from(bytes).toString("hex")),
      ]).status;
    for (let length = 0; length <= 256; length += 64) {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      const key = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url");
      const message = Buffer.alloc(length, length);
      const signature = sign(null, message, privateKey);
      expect(verify(key, message, signature)).toBe(0);
      const changed = (bytes: Buffer, at: number) =>
        Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
      for (const at of [0, 31, 32, 63]) expect(verify(key, message, changed(signature, at))).toBe(1);
      expect(verify(changed(key, 3), message, signature)).toBe(1);
      if (length > 0) expect(verify(key, changed(message, 5), signature)).toBe(1);
      // s + L is the same number modulo L: a second spelling, which RFC 8032 refuses.
      let s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + ORDER;
      const second = Buffer.from(signature);
      for (let at = 32; at < 64; at++, s >>= 8n) second[at] = Number(s & 255n);
      expect(verify(key, message, second)).toBe(1);
    }
    // No point: y = 2 has no x.
    expect(
      verify(Buffer.concat([Buffer.from([2]), Buffer.alloc(31)]), Buffer.alloc(4), Buffer.alloc(64)),
    ).toBe(1);
  });
});
