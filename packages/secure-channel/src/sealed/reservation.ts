/** How many sequences a sender reserves with one write to its flash; a restart wastes at most as many. */
export const RESERVATION_BLOCK = 256n;

/** A sender's counter. Everything below `reservedTo` is reserved in durable storage. */
export interface SequenceCounter {
  readonly next: bigint;
  readonly reservedTo: bigint;
}

export interface TakenSequence {
  readonly sequence: bigint;
  readonly counter: SequenceCounter;
  /** When defined, store this durably BEFORE the sequence is used; it is what `startCounter` wants next time. */
  readonly reserve: bigint | undefined;
}

/** A counter after a start; `stored` is what was last reserved, undefined for a new key. */
export function startCounter(stored: bigint | undefined): SequenceCounter {
  const next = stored ?? 1n;
  return { next, reservedTo: next };
}

export function takeSequence(counter: SequenceCounter): TakenSequence {
  const sequence = counter.next;
  const isSpent = sequence >= counter.reservedTo;
  const reservedTo = isSpent ? sequence + RESERVATION_BLOCK : counter.reservedTo;
  return {
    sequence,
    counter: { next: sequence + 1n, reservedTo },
    reserve: isSpent ? reservedTo : undefined,
  };
}
