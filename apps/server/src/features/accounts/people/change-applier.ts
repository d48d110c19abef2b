import { AppError, newUuid } from "@gatehouse/base";
import { newToken, sha256Hex, type TenantCipher } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { maskEmail, maskPhone } from "../factors/hints.ts";
import type { Teller } from "../messages/teller.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { AccountsDatabase } from "../tables.ts";
import { emailKey, findPersonByEmail, findPersonById, type PersonRow } from "./account-store.ts";
import {
  type ChangeKind,
  clearPassword,
  deleteFactorsSince,
  deletePending,
  deleteReversalsFrom,
  insertReversal,
  lockReversal,
  type Reversal,
  setEmail,
  setPersonal,
} from "./change-store.ts";
import type { Languages } from "./languages.ts";
import { lockPersonIn } from "./people-store.ts";
import { openPersonal, type PersonalData, sealPersonal } from "./personal-data.ts";
import { newResetLink } from "./reset-link.ts";

/** How long the old address or number can take a change back. */
export const REVERSAL_MS = 72 * 3_600_000;
const RESET_MS = 24 * 3_600_000;

/** Puts a confirmed e-mail address or phone in place, tells the old one, and takes it back when that one says so. */
export class ChangeApplier {
  readonly #context: AccountsContext;
  readonly #data: PersonalData;
  readonly #teller: Teller;
  readonly #sessions: SessionService;
  readonly #languages: Languages;

  constructor(
    context: AccountsContext,
    parts: {
      readonly data: PersonalData;
      readonly teller: Teller;
      readonly sessions: SessionService;
      readonly languages: Languages;
    },
  ) {
    this.#context = context;
    this.#data = parts.data;
    this.#teller = parts.teller;
    this.#sessions = parts.sessions;
    this.#languages = parts.languages;
  }

  /** In the transaction of the confirmation; false when the address has become somebody's meanwhile. */
  async apply(tx: AccountsDatabase, person: PersonRow, kind: ChangeKind, value: string): Promise<boolean> {
    const { audit, clock, publicUrl, random } = this.#context;
    const cipher = await this.#data.cipherOf(person.tenant_id);
    const old = currentOf(cipher, person, kind);
    if (!(await this.#put(tx, cipher, person, kind, value))) return false;
    const token = newToken(random, 24);
    const id = newUuid(clock, random);
    await insertReversal(tx, {
      id,
      person_id: person.id,
      kind,
      value: old === undefined ? null : Buffer.from(cipher.seal(placeOf(id), old)),
      link_hash: sha256Hex(token),
      expires_at: new Date(clock.nowMs() + REVERSAL_MS),
    });
    await audit.record(tx, {
      kind: "person.changed",
      tenantId: person.tenant_id,
      subject: { kind: "person", id: person.id },
      data: { fields: [kind] },
      personal: { to: value, ...(old === undefined ? {} : { from: old }) },
    });
    const link = `${publicUrl()}/revert#${token}`;
    if (kind === "email") {
      const newValue = maskEmail(value);
      await this.#teller.mail(tx, person, { purpose: "email_changed", newValue, link, validMs: REVERSAL_MS });
      return true;
    }
    const message = {
      purpose: "phone_changed",
      newValue: maskPhone(value),
      link,
      validMs: REVERSAL_MS,
    } as const;
    await this.#teller.mail(tx, person, message);
    if (old !== undefined) await this.#teller.sms(tx, person, old, message, "notice");
    return true;
  }

  /** After the commit. */
  async committed(): Promise<void> {
    await this.#languages.load();
    this.#teller.wake();
  }

  /**
   * With the link that the old address or number got: what was there before holds again, every session ends, ways to
   * log in that were added since go, and the password has to be chosen anew. Fails with auth.link_invalid.
   */
  async revert(token: string): Promise<ChangeKind> {
    const { clock, db } = this.#context;
    const linkHash = sha256Hex(token);
    const found = await db.transaction().execute((tx) => lockReversal(tx, linkHash, clock.nowMs()));
    const person = found && (await findPersonById(db, found.person_id));
    if (found === undefined || person === undefined) throw new AppError("auth.link_invalid");
    const who = { tenantId: person.tenant_id, personId: person.id };
    const cipher = await this.#data.cipherOf(person.tenant_id);
    await this.#sessions.end(who, {}, async (tx) => {
      const locked = await lockPersonIn(tx, person.tenant_id, person.id);
      const reversal = await lockReversal(tx, linkHash, clock.nowMs());
      if (reversal === undefined || locked.state === "erased") throw new AppError("auth.link_invalid");
      await this.#takeBack(tx, cipher, locked, reversal);
    });
    await this.committed();
    return found.kind;
  }

  async #takeBack(
    tx: AccountsDatabase,
    cipher: TenantCipher,
    person: PersonRow,
    reversal: Reversal,
  ): Promise<void> {
    const { audit } = this.#context;
    const { id, kind, value, expires_at } = reversal;
    const old = value === null ? undefined : cipher.open(placeOf(id), value);
    if (!(await this.#put(tx, cipher, person, kind, old))) throw new AppError("auth.link_invalid");
    await deletePending(tx, person.id);
    await deleteReversalsFrom(tx, reversal);
    await deleteFactorsSince(tx, person.id, expires_at.getTime() - REVERSAL_MS);
    await clearPassword(tx, person.id);
    await audit.record(tx, {
      kind: "person.changed",
      tenantId: person.tenant_id,
      subject: { kind: "person", id: person.id },
      data: { fields: [kind], reverted: true },
    });
    const restored = (await findPersonById(tx, person.id)) as PersonRow;
    const link = await newResetLink(tx, this.#context, restored, RESET_MS);
    await this.#teller.mail(tx, restored, { purpose: "change_reverted", link, validMs: RESET_MS });
  }

  /** False when an e-mail address is somebody else's. */
  async #put(
    tx: AccountsDatabase,
    cipher: TenantCipher,
    person: PersonRow,
    kind: ChangeKind,
    value: string | undefined,
  ): Promise<boolean> {
    if (kind === "phone") {
      const { phone, phone_index } = sealPersonal(cipher, person.id, { phone: value });
      await setPersonal(tx, person.id, { phone, phone_index });
      return true;
    }
    if (value === undefined) return false;
    const holder = await findPersonByEmail(tx, value);
    if (holder !== undefined && holder.id !== person.id) return false;
    await setEmail(tx, person.id, value, emailKey(value));
    return true;
  }
}

const currentOf = (cipher: TenantCipher, person: PersonRow, kind: ChangeKind): string | undefined =>
  kind === "email" ? person.email : openPersonal(cipher, person, false).phone;

const placeOf = (rowId: string) => ({ table: "reversals", column: "value", rowId });
