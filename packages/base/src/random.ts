/** Source of chance. `bytes` must be cryptographically strong except in simulators and tests. */
export interface Random {
  /** `n` random bytes, 0 ≤ n ≤ 65,536. */
  bytes(n: number): Uint8Array;
  /** Uniform in [0, 1). Never for secrets. */
  ratio(): number;
}

export const systemRandom: Random = {
  bytes: (n) => globalThis.crypto.getRandomValues(new Uint8Array(n)),
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
