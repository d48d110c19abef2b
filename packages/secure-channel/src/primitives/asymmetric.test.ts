import { generateKeyPairSync } from "node:crypto";
import { seededRandom, systemRandom } from "@gatehouse/base";
import { secp256k1 as nobleSecp256k1 } from "@noble/curves/secp256k1.js";
import * as tiny from "tiny-secp256k1";
import { describe, expect, it } from "vitest";
import { describeShared, hex, wycheproof } from "../testing/shared-vectors.ts";
import { ed25519 } from "./ed25519.ts";
import type { Dh, PublicKey, Signatures } from "./keys.ts";
import { createSecp256k1, ecdsa, secp256k1Backend, secp256k1Dh } from "./secp256k1.ts";
import { createNodeBackend } from "./secp256k1-node.ts";
import { createWasmBackend } from "./secp256k1-wasm.ts";
import { x25519 } from "./x25519.ts";

const wasm = createSecp256k1(createWasmBackend(tiny, systemRandom));
const node = createSecp256k1(createNodeBackend());
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const scalar = (value: bigint): Uint8Array => hex(value.toString(16).padStart(64, "0"));
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("refused");
  return value;
};

describe.each<[string, Dh]>([
  ["X25519", x25519],
  ["secp256k1 by wasm", wasm.dh],
  ["secp256k1 by node", node.dh],
])("key agreement by %s", (_, dh) => {
  it("gives both sides the same 32 bytes, again and again", () => {
    const one = dh.generateKeyPair(systemRandom);
    const other = dh.generateKeyPair(systemRandom);
    const shared = must(dh.dh(one, other.publicKey));
    expect(shared).toHaveLength(32);
    // More often than one blinding mask lasts.
    for (let use = 0; use < 80; use++)
      expect(dh.dh(other, must(dh.importPublicKey(one.publicKey.raw)))).toEqual(shared);
  });

  it("makes the same pair from the same private bytes and prints none of them", () => {
    const pair = dh.generateKeyPair(seededRandom(1));
    const again = must(dh.importKeyPair(pair.privateKey.reveal()));
    expect(again.publicKey.raw).toEqual(pair.publicKey.raw);
    expect(pair.publicKey.raw).toHaveLength(dh.publicKeyBytes);
    expect(JSON.stringify(pair)).toContain("[secret]");
  });

  it("takes raw keys alone: no SPKI, no PEM, no JWK text, no other length", () => {
    for (const curve of ["x25519", "ed25519"] as const) {
      const { publicKey } = generateKeyPairSync(curve as "x25519");
      expect(dh.importPublicKey(publicKey.export({ format: "der", type: "spki" }))).toBeUndefined();
      const pem = publicKey.export({ format: "pem", type: "spki" });
      expect(dh.importPublicKey(Buffer.from(pem))).toBeUndefined();
      expect(
        dh.importPublicKey(Buffer.from(JSON.stringify(publicKey.export({ format: "jwk" })))),
      ).toBeUndefined();
    }
    for (const length of [0, 1, 31, 34, 64, 66]) {
      expect(dh.importPublicKey(new Uint8Array(length).fill(2))).toBeUndefined();
      expect(dh.importKeyPair(new Uint8Array(length).fill(2))).toBeUndefined();
    }
  });
});

it("X25519 refuses a point of small order, when it is imported and when it is used", () => {
  const own = x25519.generateKeyPair(systemRandom);
  const smallOrder = [
    "00".repeat(32),
    `${"00".repeat(31)}80`,
    `01${"00".repeat(31)}`,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    `ec${"ff".repeat(30)}7f`,
    `ed${"ff".repeat(30)}7f`,
    `ee${"ff".repeat(31)}`,
  ];
  for (const point of smallOrder) {
    expect(x25519.importPublicKey(hex(point)), point).toBeUndefined();
    expect(x25519.dh(own, { raw: hex(point) }), point).toBeUndefined();
  }
});

describe("secp256k1 by wasm and by node", () => {
  const edges = [1n, 2n, 3n, ORDER >> 1n, (ORDER >> 1n) + 1n, ORDER - 2n, ORDER - 1n].map(scalar);
  const randoms = Array.from({ length: 40 }, () => wasm.dh.generateKeyPair(systemRandom).privateKey.reveal());

  it("agree with each other and with noble on public keys and shared secrets, edges included", () => {
    const scalars = [...edges, ...randoms];
    const pairs = scalars.map(
      (one, at) => [one, scalars[(at * 7 + 3) % scalars.length] as Uint8Array] as const,
    );
    for (const [one, other] of pairs) {
      const ours = must(wasm.dh.importKeyPair(one));
      const theirs = must(node.dh.importKeyPair(one));
      expect(ours.publicKey.raw).toEqual(Uint8Array.from(theirs.publicKey.raw));
      expect(ours.publicKey.raw).toEqual(nobleSecp256k1.getPublicKey(one));
      const peer = nobleSecp256k1.getPublicKey(other, false);
      const expected = nobleSecp256k1.getSharedSecret(one, peer).subarray(1);
      expect(Uint8Array.from(must(node.dh.dh(theirs, must(node.dh.importPublicKey(peer)))))).toEqual(
        expected,
      );
      // Unblinded twice, then blinded.
      for (let use = 0; use < 4; use++)
        expect(wasm.dh.dh(ours, must(wasm.dh.importPublicKey(peer)))).toEqual(expected);
    }
  });

  it("verify each other's signatures, always with s in the lower half", () => {
    for (const one of [...edges, ...randoms]) {
      const message = systemRandom.bytes(72);
      for (const [signer, verifier] of [
        [wasm, node],
        [node, wasm],
      ] as const) {
        const pair = must(signer.ecdsa.importKeyPair(one));
        const signature = signer.ecdsa.sign(pair, message);
        const key = must(verifier.ecdsa.importPublicKey(pair.publicKey.raw));
        expect(verifier.ecdsa.verify(key, message, signature)).toBe(true);
        expect(nobleSecp256k1.verify(signature, message, pair.publicKey.raw)).toBe(true);
        const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString("hex")}`);
        const high = Buffer.concat([signature.subarray(0, 32), scalar(ORDER - s)]);
        expect(verifier.ecdsa.verify(key, message, high)).toBe(false);
      }
    }
  });

  it("take the same keys and refuse the same", () => {
    const uncompressed = nobleSecp256k1.getPublicKey(scalar(5n), false);
    const hybrid = Uint8Array.from(uncompressed);
    hybrid[0] = 6 + ((uncompressed[64] as number) & 1);
    const offCurve = Uint8Array.from(uncompressed);
    offCurve[64] = (offCurve[64] as number) ^ 1;
    const p = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
    const candidates: [Uint8Array, boolean][] = [
      [uncompressed, true],
      [nobleSecp256k1.getPublicKey(scalar(5n)), true],
      [hybrid, false],
      [offCurve, false],
      [hex(`02${"00".repeat(31)}05`), false],
      [hex(`02${p}`), false],
      [hex(`02${"ff".repeat(32)}`), false],
      [hex(`04${"00".repeat(64)}`), false],
      [hex("00"), false],
      [hex(`00${"00".repeat(32)}`), false],
    ];
    for (const [raw, isKey] of candidates) {
      const found = [wasm.dh, node.dh].map((dh) => dh.importPublicKey(raw));
      expect(found.map((key) => key !== undefined)).toEqual([isKey, isKey]);
      if (isKey) for (const key of found) expect((key as PublicKey).raw).toHaveLength(33);
    }
    for (const value of [0n, ORDER, ORDER + 1n, 2n ** 256n - 1n])
      for (const { dh } of [wasm, node]) expect(dh.importKeyPair(scalar(value))).toBeUndefined();
  });

  it("the faster one is in use", () => expect(secp256k1Backend).toBe("wasm"));
});

describe("Ed25519", () => {
  const pair = ed25519.generateKeyPair(seededRandom(2));

  it("signs as RFC 8032 §7.1 TEST 2 does", () => {
    const own = must(
      ed25519.importKeyPair(hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")),
    );
    expect(Buffer.from(own.publicKey.raw).toString("hex")).toBe(
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    );
    expect(Buffer.from(ed25519.sign(own, hex("72"))).toString("hex")).toBe(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
  });

  it("refuses an altered message, signature, key, a longer signature and s + L", () => {
    const message = hex("0102");
    const signature = Uint8Array.from(ed25519.sign(pair, message));
    expect(ed25519.verify(pair.publicKey, message, signature)).toBe(true);
    expect(ed25519.verify(pair.publicKey, hex("0103"), signature)).toBe(false);
    expect(ed25519.verify(ed25519.generateKeyPair(systemRandom).publicKey, message, signature)).toBe(false);
    expect(ed25519.verify(pair.publicKey, message, Buffer.concat([signature, hex("00")]))).toBe(false);
    const L = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
    const malleable = Buffer.concat([signature.subarray(0, 32), Buffer.from(scalar(s + L)).reverse()]);
    expect(ed25519.verify(pair.publicKey, message, malleable)).toBe(false);
  });

  it("refuses keys of small order and encodings that are not canonical", () => {
    const unsound = [
      "00".repeat(32),
      `${"00".repeat(31)}80`,
      `01${"00".repeat(31)}`,
      `01${"00".repeat(30)}80`,
      `ec${"ff".repeat(30)}7f`,
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
      `ed${"ff".repeat(30)}7f`,
      `ee${"ff".repeat(30)}7f`,
      `${"ff".repeat(32)}`,
    ];
    for (const key of unsound) expect(ed25519.importPublicKey(hex(key))).toBeUndefined();
  });
});

/** DER in front of a named-curve secp256k1 point; anything else in the files is an encoding we do not read. */
const SPKI_65 = "3056301006072a8648ce3d020106052b8104000a034200";
const SPKI_33 = "3036301006072a8648ce3d020106052b8104000a032200";

const ecdhTests = wycheproof<{ public: string; private: string; shared: string }>("ecdh_secp256k1");

describeShared("Wycheproof ECDH secp256k1", () => {
  it.each([
    ["wasm", wasm.dh],
    ["node", node.dh],
    ["as picked", secp256k1Dh],
  ])("every vector by %s: the point of a named-curve key, and no SPKI at all", (_, dh) => {
    let agreed = 0;
    for (const test of ecdhTests) {
      expect(dh.importPublicKey(hex(test.public)), `${test.tcId}`).toBeUndefined();
      const isNamed = test.public.startsWith(SPKI_65) || test.public.startsWith(SPKI_33);
      expect(isNamed || test.result !== "valid").toBe(true);
      if (!isNamed) continue;
      const own = must(dh.importKeyPair(scalar(BigInt(`0x${test.private}`))));
      const peer = dh.importPublicKey(hex(test.public.slice(SPKI_65.length)));
      if (test.result === "invalid") expect(peer, `${test.tcId}`).toBeUndefined();
      else if (peer !== undefined) {
        expect(Buffer.from(must(dh.dh(own, peer))).toString("hex"), `${test.tcId}`).toBe(test.shared);
        agreed++;
      }
    }
    expect(agreed).toBeGreaterThanOrEqual(474);
    expect(ecdhTests).toHaveLength(752);
  });
});

const ecdsaTests = wycheproof<{ msg: string; sig: string }, { publicKey: { uncompressed: string } }>(
  "ecdsa_secp256k1_sha256_p1363",
);

describeShared("Wycheproof ECDSA secp256k1 r‖s", () => {
  it.each<[string, Signatures]>([
    ["wasm", wasm.ecdsa],
    ["node", node.ecdsa],
    ["as picked", ecdsa],
  ])("every vector by %s; of the valid ones those with a high s are refused", (_, signatures) => {
    for (const { msg, sig, group, result, tcId, comment } of ecdsaTests) {
      const key = must(signatures.importPublicKey(hex(group.publicKey.uncompressed)));
      const isLow = sig.length === 128 && BigInt(`0x${sig.slice(64)}`) <= ORDER >> 1n;
      const expected = result === "valid" && isLow;
      expect(signatures.verify(key, hex(msg), hex(sig)), `${tcId} ${comment}`).toBe(expected);
    }
    expect(ecdsaTests).toHaveLength(252);
  });
});
