import type { UnixMs, Uuid } from "@gatehouse/base";
import type { DevicesDatabase } from "../tables.ts";
import { writeLastUsed } from "./credential-store.ts";

/** When a credential was last used: remembered at once, written now and then and before it is shown. */
export class LastUsed {
  readonly #db: DevicesDatabase;
  #waiting = new Map<Uuid, UnixMs>();

  constructor(db: DevicesDatabase) {
    this.#db = db;
  }

  note(credentialId: Uuid, atMs: UnixMs): void {
    this.#waiting.set(credentialId, atMs);
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    if (batch.size === 0) return;
    this.#waiting = new Map();
    try {
      await writeLastUsed(this.#db, batch);
    } catch (error) {
      this.#waiting = new Map([...batch, ...this.#waiting]);
      throw error;
    }
  }
}
