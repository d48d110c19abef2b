/** What is seen of a camera now. */
export interface Seen {
  /** By the server's clock, of the newest frame that was drawn. */
  readonly takenMs: number;
  /** Drawn here in the last seconds; undefined until there are two frames to tell from. */
  readonly framesPerSecond: number | undefined;
  /** From the server's receipt of the newest frame to its drawing. */
  readonly delayMs: number;
}

const WINDOW_MS = 3_000;

/** Tells how many frames are drawn and how old they are when they appear. All times are the server's. */
export class FrameMeter {
  #drawnMs: number[] = [];
  #takenMs: number | undefined;
  #delayMs = 0;

  drawn(takenMs: number, nowMs: number): void {
    this.#takenMs = takenMs;
    this.#delayMs = Math.max(0, nowMs - takenMs);
    this.#drawnMs.push(nowMs);
    this.#forget(nowMs);
  }

  /** Undefined before the first frame. */
  read(nowMs: number): Seen | undefined {
    if (this.#takenMs === undefined) return undefined;
    this.#forget(nowMs);
    return { takenMs: this.#takenMs, framesPerSecond: this.#pace(), delayMs: this.#delayMs };
  }

  #pace(): number | undefined {
    const [first] = this.#drawnMs;
    const last = this.#drawnMs.at(-1);
    if (first === undefined || last === undefined || last <= first) return undefined;
    return ((this.#drawnMs.length - 1) * 1_000) / (last - first);
  }

  #forget(nowMs: number): void {
    const isRecent = (drawnMs: number) => drawnMs > nowMs - WINDOW_MS;
    if (!isRecent(this.#drawnMs[0] ?? nowMs)) this.#drawnMs = this.#drawnMs.filter(isRecent);
  }
}
