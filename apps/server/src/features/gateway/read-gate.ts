import type { Duplex } from "node:stream";

/**
 * Stops the reading of sockets while more waits for the store than a moment's work, so that a flood waits in the
 * senders' own buffers and not in ours. Streams are let on in the order in which they were stopped.
 */
export class ReadGate {
  readonly #isFull: () => boolean;
  readonly #stopped = new Set<Duplex>();

  constructor(isFull: () => boolean) {
    this.#isFull = isFull;
  }

  /** `applies` is false for a connection that must be read whatever waits: one that has not logged in. */
  guard(stream: Duplex, applies: () => boolean): void {
    const read = stream.read.bind(stream);
    stream.read = (size) => {
      if (!applies() || !this.#isFull()) return read(size);
      this.#stopped.add(stream);
      return null;
    };
    stream.once("close", () => this.#stopped.delete(stream));
  }

  isStopped(stream: unknown): boolean {
    return this.#stopped.has(stream as Duplex);
  }

  /** There may be room again. */
  open(): void {
    for (const stream of this.#stopped) {
      if (this.#isFull()) return;
      this.#stopped.delete(stream);
      stream.emit("readable");
    }
  }
}
