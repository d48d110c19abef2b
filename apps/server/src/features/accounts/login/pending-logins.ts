import { isUuid, newUuid } from "@gatehouse/base";
import { equalConstantTime, newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import {
  type CeremonyRow,
  deleteLoginCeremoniesBeyond,
  findCeremony,
  insertCeremony,
  lockCeremony,
} from "../factors/ceremony-store.ts";
import type { FirstStep } from "../factors/factor-tables.ts";
import { lockPerson, type PersonRow } from "../people/account-store.ts";
import type { AccountsDatabase } from "../tables.ts";

export const PENDING_MS = 10 * 60_000;
const SECRET_BYTES = 16;
/** Of one person: a stranger with the password cannot pile them up. */
const MOST_PENDING = 20;

export interface Pending {
  readonly ceremony: CeremonyRow;
  readonly person: PersonRow;
}

/** Log-ins between their steps. The browser holds `<id>.<secret>`, the database the secret's hash. */
export class PendingLogins {
  readonly #context: AccountsContext;

  constructor(context: AccountsContext) {
    this.#context = context;
  }

  /**
   * In the transaction of the first step, which has locked the person. A browser that has one of the same kind goes on
   * with it, so that a code sent for one tab is good in the other.
   */
  async begin(
    tx: AccountsDatabase,
    person: PersonRow,
    first: FirstStep,
    device: string,
    cookie: string | undefined,
  ): Promise<{ readonly ceremony: CeremonyRow; readonly cookie: string }> {
    const { clock, random } = this.#context;
    const before = await this.#find(tx, cookie, lockCeremony);
    if (before !== undefined && before.person_id === person.id && before.first === first)
      return { ceremony: before, cookie: cookie as string };
    const nowMs = clock.nowMs();
    const id = newUuid(clock, random);
    const secret = newToken(random, SECRET_BYTES);
    await deleteLoginCeremoniesBeyond(tx, person.id, MOST_PENDING - 1);
    const ceremony = await insertCeremony(tx, {
      id,
      purpose: "login",
      person_id: person.id,
      session_id: null,
      browser_hash: sha256Hex(secret),
      first,
      device,
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + PENDING_MS),
    });
    return { ceremony, cookie: `${id}.${secret}` };
  }

  find(cookie: string | undefined): Promise<CeremonyRow | undefined> {
    return this.#find(this.#context.db, cookie, findCeremony);
  }

  /** Person first, then the ceremony: the order in which a change of password takes them too. */
  async lock(tx: AccountsDatabase, cookie: string | undefined): Promise<Pending | undefined> {
    const seen = await this.#find(tx, cookie, findCeremony);
    if (seen === undefined) return undefined;
    const person = await lockPerson(tx, seen.person_id);
    const ceremony = await this.#find(tx, cookie, lockCeremony);
    return person?.state === "active" && ceremony !== undefined ? { person, ceremony } : undefined;
  }

  async #find(
    db: AccountsDatabase,
    cookie: string | undefined,
    read: typeof findCeremony,
  ): Promise<CeremonyRow | undefined> {
    const [id = "", secret = ""] = (cookie ?? "").split(".", 2);
    if (!isUuid(id)) return undefined;
    const found = await read(db, id, this.#context.clock.nowMs());
    const isOurs =
      found?.purpose === "login" && equalConstantTime(found.browser_hash ?? "", sha256Hex(secret));
    return isOurs ? found : undefined;
  }
}
