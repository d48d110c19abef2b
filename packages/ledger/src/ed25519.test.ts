import { createPublicKey, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { expect, it } from "vitest";
import { utf8 } from "./bytes.ts";
import { isEd25519Signature, isSoundEd25519Key } from "./ed25519.ts";

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
/** A point of order 8: what is left of any point when its part in the large group is taken away. */
const TORSION = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const SECRET = 424_242n;
const NONCE = 31_337n;

type CurvePoint = typeof Point.BASE;
interface Signed {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signature that whoever holds the key can make so that it depends on who looks. */
function signed(a: CurvePoint, r: CurvePoint, message: Uint8Array): Signed {
  const [publicKey, half] = [a.toBytes(), r.toBytes()];
  const k = bytesToNumberLE(sha512(concatBytes(half, publicKey, message))) % ORDER;
  const s = (NONCE + k * SECRET) % ORDER;
  return { publicKey, message, signature: concatBytes(half, numberToBytesLE(s, 32)) };
}

const A = Point.BASE.multiply(SECRET);
const R = Point.BASE.multiply(NONCE);
const message = utf8("a checkpoint");
const ours = ({ publicKey, message: text, signature }: Signed): boolean =>
  isEd25519Signature(publicKey, text, signature);

function openSsl({ publicKey, message: text, signature }: Signed): boolean {
  const x = Buffer.from(publicKey).toString("base64url");
  return verify(
    null,
    text,
    createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }),
    signature,
  );
}

it("takes the equation as it stands, without the cofactor, as OpenSSL does", () => {
  expect(ours(signed(A, R, message))).toBe(true);
  const verdicts = new Set<boolean>();
  for (let turn = 0; turn < 24; turn++) {
    const text = utf8(`a checkpoint ${turn}`);
    for (const one of [signed(A, R.add(TORSION), text), signed(A.add(TORSION), R, text)]) {
      // With the cofactor all of them would hold.
      expect(ed25519.verify(one.signature, one.message, one.publicKey, { zip215: true })).toBe(true);
      expect(ours(one)).toBe(openSsl(one));
      verdicts.add(ours(one));
    }
  }
  expect(verdicts).toContain(false);
});

it("refuses keys of small order, keys and halves that are not canonical, and s from L on", () => {
  for (let times = 0n; times < 8n; times++) {
    const small = times === 0n ? Point.ZERO : TORSION.multiplyUnsafe(times);
    expect(isSoundEd25519Key(small.toBytes())).toBe(false);
    expect(ours(signed(small, R, message))).toBe(false);
  }
  const notCanonical = numberToBytesLE(2n ** 255n - 19n + 3n, 32);
  expect(isSoundEd25519Key(notCanonical)).toBe(false);
  const good = signed(A, R, message);
  const s = bytesToNumberLE(good.signature.subarray(32));
  const larger = concatBytes(good.signature.subarray(0, 32), numberToBytesLE(s + ORDER, 32));
  expect(ours({ ...good, signature: larger })).toBe(false);
  expect(ours({ ...good, signature: good.signature.subarray(0, 63) })).toBe(false);
});
