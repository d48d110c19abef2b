/** Messages the window looks back: larger than any reordering seen on one connection, 128 bytes of state. */
export const WINDOW_MESSAGES = 1_024;

/**
 * Which sequence numbers of one direction were accepted (RFC 4303 §3.4.3). Lives and dies with its session:
 * nothing is stored, because no key outlives the process either.
 */
export class ReplayWindow {
  /** Highest accepted so far, -1 before the first. */
  #highest = -1;
  /** Bit `sequence mod 1,024` is set when that one of the newest 1,024 was accepted. */
  readonly #accepted = new Uint32Array(WINDOW_MESSAGES / 32);

  get highest(): number {
    return this.#highest;
  }

  /** False for a sequence already accepted and for one too old to tell. */
  isUnseen(sequence: number): boolean {
    if (sequence > this.#highest) return true;
    if (sequence <= this.#highest - WINDOW_MESSAGES) return false;
    return ((this.#word(sequence) >>> (sequence & 31)) & 1) === 0;
  }

  /** Only after the message proved authentic: a forged sequence must not move the window. */
  accept(sequence: number): void {
    if (sequence - this.#highest >= WINDOW_MESSAGES) this.#accepted.fill(0);
    else for (let skipped = this.#highest + 1; skipped < sequence; skipped++) this.#write(skipped, 0);
    this.#write(sequence, 1);
    if (sequence > this.#highest) this.#highest = sequence;
  }

  #word(sequence: number): number {
    return this.#accepted[(sequence % WINDOW_MESSAGES) >>> 5] as number;
  }

  #write(sequence: number, bit: 0 | 1): void {
    const mask = 1 << (sequence & 31);
    const word = this.#word(sequence);
    this.#accepted[(sequence % WINDOW_MESSAGES) >>> 5] = bit === 1 ? word | mask : word & ~mask;
  }
}
