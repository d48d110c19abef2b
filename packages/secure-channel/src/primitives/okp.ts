import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { type Random, Secret } from "@gatehouse/base";
import { type KeyPair, PRIVATE_KEY_BYTES, type PublicKey } from "./keys.ts";

/** Curves of RFC 8037 whose keys are 32 bytes. */
type OkpCurve = "X25519" | "Ed25519";

/** PKCS#8 header (RFC 8410 §7) in front of our own 32 bytes; keys from outside come as JWK. */
const PKCS8_HEADER: Readonly<Record<OkpCurve, Uint8Array>> = {
  X25519: Buffer.from("302e020100300506032b656e04220420", "hex"),
  Ed25519: Buffer.from("302e020100300506032b657004220420", "hex"),
};

/** Imported forms, kept as long as the key itself: an import costs as much as a small message. */
const imported = new WeakMap<PublicKey | KeyPair, KeyObject>();

export function publicKeyObject(curve: OkpCurve, key: PublicKey): KeyObject {
  let object = imported.get(key);
  if (object === undefined) {
    const x = Buffer.from(key.raw).toString("base64url");
    object = createPublicKey({ key: { kty: "OKP", crv: curve, x }, format: "jwk" });
    imported.set(key, object);
  }
  return object;
}

export function privateKeyObject(curve: OkpCurve, pair: KeyPair): KeyObject {
  let object = imported.get(pair);
  if (object === undefined) {
    object = privateKeyOf(curve, pair.privateKey.reveal());
    imported.set(pair, object);
  }
  return object;
}

function privateKeyOf(curve: OkpCurve, raw: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8_HEADER[curve], raw]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/** Any 32 bytes are a private key of these curves. */
export function importOkpPair(curve: OkpCurve, raw: Uint8Array): KeyPair | undefined {
  if (raw.length !== PRIVATE_KEY_BYTES) return undefined;
  const privateObject = privateKeyOf(curve, raw);
  const { x } = createPublicKey(privateObject).export({ format: "jwk" });
  const pair: KeyPair = {
    publicKey: { raw: Uint8Array.from(Buffer.from(x as string, "base64url")) },
    privateKey: new Secret(Uint8Array.from(raw)),
  };
  imported.set(pair, privateObject);
  return pair;
}

export const generateOkpPair = (curve: OkpCurve, random: Random): KeyPair =>
  importOkpPair(curve, random.bytes(PRIVATE_KEY_BYTES)) as KeyPair;
