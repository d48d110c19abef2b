import type { Uuid } from "@gatehouse/base";
import type { Language } from "@gatehouse/contract";
import type { AccountsDatabase } from "../tables.ts";
import { emailKey, listLanguages } from "./account-store.ts";

/** The language of every person by e-mail address, in memory: messages are written inside others' transactions. */
export class Languages {
  readonly #db: AccountsDatabase;
  #byAddress: ReadonlyMap<string, Language> = new Map();

  constructor(db: AccountsDatabase) {
    this.#db = db;
  }

  /** Reads all anew: people are few and change seldom. */
  async load(): Promise<void> {
    const people = await listLanguages(this.#db);
    this.#byAddress = new Map(
      people.map(({ tenantId, emailKey: key, language }) => [`${tenantId}/${key}`, language]),
    );
  }

  find(tenantId: Uuid, email: string): Language | undefined {
    return this.#byAddress.get(`${tenantId}/${emailKey(email)}`);
  }
}
