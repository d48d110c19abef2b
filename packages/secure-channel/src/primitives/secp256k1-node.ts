import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  ECDH,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import type { Secp256k1Backend } from "./secp256k1-backend.ts";

const CURVE = "secp256k1";
const COORDINATE_BYTES = 32;

/** JWK of an uncompressed point; Node imports a JWK twelve times as fast as DER. */
function jwkOf(uncompressed: Buffer): { kty: "EC"; crv: typeof CURVE; x: string; y: string } {
  const coordinate = (index: number): string =>
    uncompressed
      .subarray(1 + index * COORDINATE_BYTES, 1 + (index + 1) * COORDINATE_BYTES)
      .toString("base64url");
  return { kty: "EC", crv: CURVE, x: coordinate(0), y: coordinate(1) };
}

const uncompress = (point: Uint8Array): Buffer =>
  ECDH.convertKey(point, CURVE, undefined, undefined, "uncompressed") as Buffer;

const compress = (point: Uint8Array): Uint8Array =>
  Uint8Array.from(ECDH.convertKey(point, CURVE, undefined, undefined, "compressed") as Buffer);

/** secp256k1 by OpenSSL: needs nothing, constant-time multiplication, a third of the wasm's speed. */
export function createNodeBackend(): Secp256k1Backend {
  const publicKeys = new WeakMap<Uint8Array, KeyObject>();
  const privateKeys = new WeakMap<Uint8Array, KeyObject>();

  function publicKeyOf(point: Uint8Array): KeyObject {
    let key = publicKeys.get(point);
    if (key === undefined) {
      key = createPublicKey({ key: jwkOf(uncompress(point)), format: "jwk" });
      publicKeys.set(point, key);
    }
    return key;
  }

  function privateKeyOf(scalar: Uint8Array): KeyObject {
    let key = privateKeys.get(scalar);
    if (key === undefined) {
      const d = Buffer.from(scalar).toString("base64url");
      key = createPrivateKey({ key: { ...jwkOf(publicPointOf(scalar)), d }, format: "jwk" });
      privateKeys.set(scalar, key);
    }
    return key;
  }

  return {
    name: "node",
    compress(point) {
      try {
        return compress(point);
      } catch {
        return undefined;
      }
    },
    multiplyBase: (scalar) => compress(publicPointOf(scalar)),
    sharedX: (scalar, point) =>
      diffieHellman({ privateKey: privateKeyOf(scalar), publicKey: publicKeyOf(point) }),
    sign: (message, scalar) =>
      sign("sha256", message, { key: privateKeyOf(scalar), dsaEncoding: "ieee-p1363" }),
    verify: (message, point, signature) =>
      verify("sha256", message, { key: publicKeyOf(point), dsaEncoding: "ieee-p1363" }, signature),
  };
}

function publicPointOf(scalar: Uint8Array): Buffer {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(scalar);
  return ecdh.getPublicKey();
}
