import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { encodeBase64 } from "../base64.ts";
import { utf8 } from "../bytes.ts";
import { defaultHash } from "../tree-hash.ts";
import { KEY_TYPES } from "../verifier-key.ts";
import { seedOf } from "./parties.ts";

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
/** A point of order 8. */
const TORSION = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const NONCE = 31_337n;

/**
 * A signature by the test party of that name, altered so that verifiers of other rules would take it: `cofactor` has a
 * point of order 8 added to R, `s` the order of the group to s. `none` is right.
 */
export function oddSignature(party: string, message: Uint8Array, odd: "none" | "cofactor" | "s"): Uint8Array {
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seedOf(party));
  const point = Point.BASE.multiply(NONCE);
  const r = (odd === "cofactor" ? point.add(TORSION) : point).toBytes();
  const k = bytesToNumberLE(sha512(concatBytes(r, pointBytes, message))) % ORDER;
  const s = ((NONCE + k * scalar) % ORDER) + (odd === "s" ? ORDER : 0n);
  return concatBytes(r, numberToBytesLE(s, 32));
}

/** The verifier key of a witness with these 32 bytes in it, whatever they are. */
export function rawWitnessKey(name: string, publicKey: Uint8Array): string {
  const material = concatBytes(Uint8Array.of(KEY_TYPES.cosignature), publicKey);
  const id = defaultHash(concatBytes(utf8(`${name}\n`), material)).subarray(0, 4);
  return `${name}+${bytesToHex(id)}+${encodeBase64(material)}`;
}

/** Of order 8, and of 32 bytes that are y = p + 3 where y = 3 is meant. */
export const SMALL_ORDER_KEY: Uint8Array = TORSION.toBytes();
export const NOT_CANONICAL_KEY: Uint8Array = numberToBytesLE(2n ** 255n - 19n + 3n, 32);
