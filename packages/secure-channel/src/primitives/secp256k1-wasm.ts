import type { Random } from "@gatehouse/base";
import { sha256 } from "./hash.ts";
import { isPrivateScalar, type Secp256k1Backend } from "./secp256k1-backend.ts";

type Tiny = typeof import("tiny-secp256k1");

/** An ephemeral key multiplies at most twice (Noise: ee, es), which times nothing; a key that goes on is blinded. */
const EPHEMERAL_USES = 2;
/** Uses of one mask before the next is drawn. */
const MASK_USES = 64;
const X_BYTES = 32;
const COMPRESSED_BYTES = 33;
const EVEN_Y = 2;
const ODD_Y = 3;

/** Both points uncompressed: a compressed one costs a square root whenever it is read. */
interface Blinding {
  /** r · G for a random r that is forgotten. */
  readonly mask: Uint8Array;
  /** −scalar · mask. */
  readonly unmask: Uint8Array;
}

interface Usage {
  uses: number;
  blinding: Blinding | undefined;
}

/**
 * secp256k1 by libsecp256k1 (wasm). Its signing runs in constant time; its `pointMultiply` does not. So the
 * point that a stranger chose is hidden first: scalar · P = scalar · (P + mask) − scalar · mask, with a secret mask.
 */
export function createWasmBackend(tiny: Tiny, random: Random): Secp256k1Backend {
  const usages = new WeakMap<Uint8Array, Usage>();
  const expanded = new WeakMap<Uint8Array, Uint8Array>();

  /** The uncompressed form of a key that is used again and again. */
  function expand(point: Uint8Array): Uint8Array {
    let long = expanded.get(point);
    if (long === undefined) {
      long = tiny.pointCompress(point, false);
      expanded.set(point, long);
    }
    return long;
  }

  function randomScalar(): Uint8Array {
    for (;;) {
      const bytes = random.bytes(32);
      if (isPrivateScalar(bytes)) return bytes;
    }
  }

  function drawBlinding(scalar: Uint8Array): Blinding {
    const r = randomScalar();
    const own = tiny.pointFromScalar(scalar, true) as Uint8Array;
    return {
      mask: tiny.pointFromScalar(r, false) as Uint8Array,
      unmask: tiny.pointCompress(negate(tiny.pointMultiply(own, r, true) as Uint8Array), false),
    };
  }

  function blindingOf(scalar: Uint8Array): Blinding | undefined {
    let usage = usages.get(scalar);
    if (usage === undefined) {
      usage = { uses: 0, blinding: undefined };
      usages.set(scalar, usage);
    }
    const repeated = usage.uses++ - EPHEMERAL_USES;
    if (repeated >= 0 && repeated % MASK_USES === 0) usage.blinding = drawBlinding(scalar);
    return usage.blinding;
  }

  return {
    name: "wasm",
    compress(point) {
      if (!tiny.isPoint(point)) return undefined;
      return point.length === COMPRESSED_BYTES ? Uint8Array.from(point) : tiny.pointCompress(point, true);
    },
    multiplyBase: (scalar) => tiny.pointFromScalar(scalar, true) as Uint8Array,
    sharedX(scalar, point) {
      const blinding = blindingOf(scalar);
      // A sum at infinity, the one thing these answer null for, needs the mask's negative: one in 2^256.
      const masked = blinding ? (tiny.pointAdd(point, blinding.mask, false) as Uint8Array) : point;
      const product = tiny.pointMultiply(masked, scalar, false) as Uint8Array;
      const shared = blinding ? (tiny.pointAdd(product, blinding.unmask, true) as Uint8Array) : product;
      return shared.slice(1, 1 + X_BYTES);
    },
    sign: (message, scalar) => tiny.sign(sha256(message), scalar),
    verify: (message, point, signature) => tiny.verify(sha256(message), expand(point), signature, true),
  };
}

/** −P has the other y. */
function negate(compressed: Uint8Array): Uint8Array {
  const negative = Uint8Array.from(compressed);
  negative[0] = negative[0] === EVEN_Y ? ODD_Y : EVEN_Y;
  return negative;
}
