import type { RevokedEntry } from "@gatehouse/secure-channel";
import { revokeListedBundles } from "../bundles/bundle-store.ts";
import type { ChannelContext } from "../context.ts";
import { channelTablesIn, type ForeignTransaction } from "../tables.ts";
import { insertRevocationRows, listRevocationRows } from "./recovery-store.ts";
import type { RevocationList } from "./revocation-list.ts";

/** The list in the data folder and its copy in the database, and what follows from them. */
export class Revocations {
  readonly #context: ChannelContext;
  readonly #list: RevocationList;

  constructor(context: ChannelContext, list: RevocationList) {
    this.#context = context;
    this.#list = list;
  }

  /**
   * Inside the transaction that revokes: the file first. What is in the file and was never committed is refused from
   * the next start on.
   */
  async record(tx: ForeignTransaction, entries: readonly RevokedEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#list.add(entries);
    await insertRevocationRows(channelTablesIn(tx), entries, this.#list.version);
  }

  /** At start: file and database agree, and everything listed is ended. Answers how many devices lost something. */
  async apply(): Promise<number> {
    const { db, devices, clock } = this.#context;
    const stored = await listRevocationRows(db);
    await this.#list.add(stored.entries, stored.version);
    const entries = this.#list.entries();
    await insertRevocationRows(db, entries, this.#list.version);
    const isBundle = ({ kind }: RevokedEntry): boolean => kind === "channel";
    const lost = new Set(await revokeListedBundles(db, entries.filter(isBundle), clock.nowMs()));
    const others = entries.flatMap(({ kind, id, fromMs }) =>
      kind === "channel" ? [] : [{ kind, id, fromMs }],
    );
    return lost.size + (await devices.applyEndings(others));
  }
}
