import type { UnixMs, Uuid } from "@gatehouse/base";
import { writeHandshakes } from "../policy/policy-store.ts";
import type { ChannelDatabase } from "../tables.ts";
import { writeBundleUse } from "./bundle-store.ts";

/** When a key was last used and a handshake last made: remembered at once, written now and then and before it is shown. */
export class LastUse {
  readonly #db: ChannelDatabase;
  #used = new Map<string, UnixMs>();
  #handshakes = new Map<Uuid, UnixMs>();

  constructor(db: ChannelDatabase) {
    this.#db = db;
  }

  note(keyId: string, atMs: UnixMs): void {
    this.#used.set(keyId, atMs);
  }

  noteHandshake(deviceId: Uuid, atMs: UnixMs): void {
    this.#handshakes.set(deviceId, atMs);
  }

  async flush(): Promise<void> {
    const [used, handshakes] = [this.#used, this.#handshakes];
    this.#used = new Map();
    this.#handshakes = new Map();
    try {
      if (used.size > 0) await writeBundleUse(this.#db, used);
      if (handshakes.size > 0) await writeHandshakes(this.#db, handshakes);
    } catch (error) {
      this.#used = new Map([...used, ...this.#used]);
      this.#handshakes = new Map([...handshakes, ...this.#handshakes]);
      throw error;
    }
  }
}
