import type { Uuid } from "@gatehouse/base";

/** Where the ids of erased people are kept apart from the database; nothing else about them. */
export interface ErasedIds {
  read(): Promise<readonly Uuid[]>;
  /** Durable when it resolves. */
  write(ids: readonly Uuid[]): Promise<void>;
}

/**
 * Who was erased, outside the database: a backup that is put back brings nobody back. Written after each erasure; what
 * a crash in between leaves out is added from the database at the next start.
 */
export class ErasureList {
  readonly #file: ErasedIds;
  readonly #ids = new Set<Uuid>();
  #turn: Promise<void> = Promise.resolve();

  constructor(file: ErasedIds) {
    this.#file = file;
  }

  /** Reads the file and adds those the database knows. Answers everybody on the list. */
  async open(erased: readonly Uuid[]): Promise<readonly Uuid[]> {
    for (const id of await this.#file.read()) this.#ids.add(id);
    await this.add(erased);
    return [...this.#ids];
  }

  async add(ids: readonly Uuid[]): Promise<void> {
    const before = this.#ids.size;
    for (const id of ids) this.#ids.add(id);
    if (this.#ids.size === before) return;
    const result = this.#turn.then(() => this.#file.write([...this.#ids]));
    this.#turn = result.catch(() => undefined);
    await result;
  }
}
