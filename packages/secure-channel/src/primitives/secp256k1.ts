import { type Random, Secret, systemRandom } from "@gatehouse/base";
import { type Dh, type KeyPair, PRIVATE_KEY_BYTES, type PublicKey, type Signatures } from "./keys.ts";
import { isLowS, isPrivateScalar, type Secp256k1Backend, toLowS } from "./secp256k1-backend.ts";
import { createNodeBackend } from "./secp256k1-node.ts";
import { createWasmBackend } from "./secp256k1-wasm.ts";

const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;
const UNCOMPRESSED = 4;

export interface Secp256k1 {
  readonly dh: Dh;
  /** ECDSA over SHA-256, r ‖ s, s in the lower half: signed so, and refused otherwise. */
  readonly ecdsa: Signatures;
}

/** Key agreement and signatures over one library; both give and take the same bytes (tested). */
export function createSecp256k1(backend: Secp256k1Backend): Secp256k1 {
  function importKeyPair(raw: Uint8Array): KeyPair | undefined {
    if (!isPrivateScalar(raw)) return undefined;
    const privateKey = Uint8Array.from(raw);
    return { publicKey: { raw: backend.multiplyBase(privateKey) }, privateKey: new Secret(privateKey) };
  }

  function importPublicKey(raw: Uint8Array): PublicKey | undefined {
    const isPlain =
      raw.length === COMPRESSED_BYTES || (raw.length === UNCOMPRESSED_BYTES && raw[0] === UNCOMPRESSED);
    if (!isPlain) return undefined;
    const point = backend.compress(raw);
    return point === undefined ? undefined : { raw: point };
  }

  function generateKeyPair(random: Random): KeyPair {
    for (;;) {
      const pair = importKeyPair(random.bytes(PRIVATE_KEY_BYTES));
      if (pair !== undefined) return pair;
    }
  }

  const keys = { publicKeyBytes: COMPRESSED_BYTES, generateKeyPair, importKeyPair, importPublicKey };
  return {
    dh: { ...keys, dh: (own, peer) => backend.sharedX(own.privateKey.reveal(), peer.raw) },
    ecdsa: {
      ...keys,
      sign: (own, message) => toLowS(backend.sign(message, own.privateKey.reveal())),
      verify: (signer, message, signature) =>
        isLowS(signature) && backend.verify(message, signer.raw, signature),
    },
  };
}

/** libsecp256k1 as wasm when it loads, else OpenSSL. */
async function pickBackend(): Promise<Secp256k1Backend> {
  try {
    return createWasmBackend(await import("tiny-secp256k1"), systemRandom);
  } catch {
    return createNodeBackend();
  }
}

const backend = await pickBackend();
export const secp256k1Backend = backend.name;
export const { dh: secp256k1Dh, ecdsa } = createSecp256k1(backend);
