import type { CapturedPicture } from "./source.ts";

/** Waiting pictures beyond which whoever delivers is told to wait. */
const FULL_FROM = 8;

/**
 * What came and was not taken yet. It ends with an error or without one; what waits then is still given. One reader.
 */
export class PictureQueue implements AsyncIterable<CapturedPicture> {
  readonly #waiting: CapturedPicture[] = [];
  readonly #onRoom: () => void;
  #isOver = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  /** `onRoom`: there is room again after `push` answered false. */
  constructor(onRoom: () => void = () => undefined) {
    this.#onRoom = onRoom;
  }

  /** False: enough waits. */
  push(picture: CapturedPicture): boolean {
    if (!this.#isOver) this.#waiting.push(picture);
    this.#wake?.();
    return this.#waiting.length < FULL_FROM;
  }

  /** Only the first end counts. */
  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CapturedPicture, void, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        if (this.#waiting.length === FULL_FROM - 1) this.#onRoom();
        yield next;
      } else if (this.#isOver) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
