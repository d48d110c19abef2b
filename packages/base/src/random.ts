/** Source of chance. `bytes` must be cryptographically strong except in simulators and tests. */
export interface Random {
  /** `n` random bytes, 0 ≤ n ≤ 65,536. */
  bytes(n: number): Uint8Array;
  /** Uniform in [0, 1). Never for secrets. */
  ratio(): number;
}

/** The system is asked for many small values at once: each call of it costs more than the bytes. */
const POOL_BYTES = 4_096;
const LARGEST_POOLED_BYTES = 64;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** Bytes leave the pool once, and nothing of them stays in it. */
function pooled(n: number): Uint8Array {
  if (used + n > POOL_BYTES) {
    globalThis.crypto.getRandomValues(pool);
    used = 0;
  }
  const bytes = pool.slice(used, used + n);
  pool.fill(0, used, used + n);
  used += n;
  return bytes;
}

export const systemRandom: Random = {
  bytes: (n) =>
    n <= LARGEST_POOLED_BYTES ? pooled(n) : globalThis.crypto.getRandomValues(new Uint8Array(n)),
  ratio: () => {
    const [word] = globalThis.crypto.getRandomValues(new Uint32Array(1));
    return (word as number) / 2 ** 32;
  },
};

/** Repeatable randomness for simulators and tests (mulberry32). Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const ratio = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    ratio,
    bytes: (n) => Uint8Array.from({ length: n }, () => Math.floor(ratio() * 256)),
  };
}
