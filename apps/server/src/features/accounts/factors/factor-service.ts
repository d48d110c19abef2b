import { AppError, newUuid } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { AccountsContext } from "../context.ts";
import { enrolledKinds, isStaff } from "../login/login-model.ts";
import type { Teller } from "../messages/teller.ts";
import { getPerson, lockPerson, type PersonRow } from "../people/account-store.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { sessionStartedMs } from "../sessions/session-store.ts";
import type { AccountsDatabase } from "../tables.ts";
import { type CeremonyRow, insertCeremony, lockSessionCeremony } from "./ceremony-store.ts";
import { type HeldFactors, putRecoveryCodes, readFactors } from "./factor-store.ts";
import type { CeremonyPurpose } from "./factor-tables.ts";
import { relyingParty } from "./passkeys.ts";
import type { RecoveryCodes } from "./recovery-codes.ts";
import type { SentCodes } from "./sent-codes.ts";

export const CEREMONY_MS = 10 * 60_000;

/** What was added or taken away, as ledger and mail name it. */
export type FactorName = "passkey" | "totp" | "email" | "sms" | "recovery_codes";

export interface FactorParts {
  readonly sessions: SessionService;
  readonly sent: SentCodes;
  readonly recovery: RecoveryCodes;
  readonly teller: Teller;
}

/** What all kinds of factors have in common: who may change them, what is recorded, who is told. */
export class FactorService {
  readonly #context: AccountsContext;
  readonly #parts: FactorParts;

  constructor(context: AccountsContext, parts: FactorParts) {
    this.#context = context;
    this.#parts = parts;
  }

  async view({ tenantId, personId }: PersonPrincipal): Promise<accounts.Factors> {
    const { db } = this.#context;
    return this.#view(db, await getPerson(db, tenantId, personId));
  }

  /** Begins setting something up in this session; what was begun before with this purpose ends. */
  async begin(
    principal: PersonPrincipal,
    purpose: CeremonyPurpose,
    prepare: (
      tx: AccountsDatabase,
      person: PersonRow,
      held: HeldFactors,
    ) => Promise<{ readonly challenge?: string; readonly secret?: Uint8Array }>,
  ): Promise<CeremonyRow> {
    return this.#context.db.transaction().execute(async (tx) => {
      const { person, held } = await this.#lock(tx, principal);
      await this.#assertMayChange(tx, principal, held);
      const content = await prepare(tx, person, held);
      return this.#insert(tx, principal, purpose, content);
    });
  }

  /** The ceremony of this session, kept from before or new: a code asked for again replaces the one before. */
  async within<T>(
    principal: PersonPrincipal,
    purpose: CeremonyPurpose,
    act: (tx: AccountsDatabase, person: PersonRow, held: HeldFactors, ceremony: CeremonyRow) => Promise<T>,
  ): Promise<T> {
    const { clock, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      const { person, held } = await this.#lock(tx, principal);
      const begun = await lockSessionCeremony(tx, principal.sessionId, purpose, clock.nowMs());
      if (purpose !== "step_up") await this.#assertMayChange(tx, principal, held, begun !== undefined);
      const ceremony = begun ?? (await this.#insert(tx, principal, purpose, {}));
      return act(tx, person, held, ceremony);
    });
  }

  /** Recorded, told by mail, and with recovery codes where this is the first. In the transaction that keeps the factor. */
  async added(
    tx: AccountsDatabase,
    principal: PersonPrincipal,
    person: PersonRow,
    factor: FactorName,
    before: HeldFactors,
  ): Promise<accounts.FactorAdded> {
    const { clock } = this.#context;
    const isFirst = before.recovery === undefined;
    const recoveryCodes = isFirst
      ? await this.#parts.recovery.renew(tx, person.id, clock.nowMs())
      : undefined;
    await this.#record(tx, person, "factor.added", { factor });
    await this.#parts.teller.mail(tx, person, { purpose: "factor_added", factor });
    // Whoever has just shown a new factor has given one.
    await this.#parts.sessions.stepUp(tx, principal, principal.sessionId, factor);
    const factors = await this.#view(tx, person);
    return { factors, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) };
  }

  /** Fails with auth.factor_last where one has to stay, factor.not_found when `remove` found nothing. */
  async remove(
    principal: PersonPrincipal,
    factor: FactorName,
    remove: (tx: AccountsDatabase) => Promise<boolean>,
  ): Promise<accounts.Factors> {
    const answer = await this.#context.db.transaction().execute(async (tx) => {
      const { person, held } = await this.#lock(tx, principal);
      await this.#assertMayChange(tx, principal, held);
      if (!(await remove(tx))) throw new AppError("factor.not_found");
      const left = enrolledKinds(await readFactors(tx, person.id));
      if (left.length === 0) await this.#noneLeft(tx, person);
      await this.#record(tx, person, "factor.removed", { factor });
      await this.#parts.teller.mail(tx, person, { purpose: "factor_removed", factor });
      return this.#view(tx, person);
    });
    this.#parts.teller.wake();
    return answer;
  }

  async changed(
    principal: PersonPrincipal,
    data: Readonly<Record<string, unknown>>,
    change: (tx: AccountsDatabase) => Promise<boolean>,
  ): Promise<accounts.Factors> {
    return this.#context.db.transaction().execute(async (tx) => {
      const { person } = await this.#lock(tx, principal);
      if (!(await change(tx))) throw new AppError("factor.not_found");
      await this.#record(tx, person, "factor.changed", data);
      return this.#view(tx, person);
    });
  }

  /** Fails with auth.factor_unavailable while there is no factor that they could stand in for. */
  async renewRecoveryCodes(principal: PersonPrincipal): Promise<string[]> {
    const { clock, db } = this.#context;
    const codes = await db.transaction().execute(async (tx) => {
      const { person, held } = await this.#lock(tx, principal);
      await this.#assertMayChange(tx, principal, held);
      if (enrolledKinds(held).length === 0)
        throw new AppError("auth.factor_unavailable", { factor: "recovery" });
      const renewed = await this.#parts.recovery.renew(tx, person.id, clock.nowMs());
      await this.#record(tx, person, "factor.changed", { factor: "recovery_codes" });
      await this.#parts.teller.mail(tx, person, { purpose: "factor_added", factor: "recovery_codes" });
      return renewed;
    });
    this.#parts.teller.wake();
    return codes;
  }

  /** After the commit. */
  wake(): void {
    this.#parts.teller.wake();
  }

  /**
   * A session somebody left open is not enough to change how its person logs in (ASVS 7.5.1): before the first factor a
   * log-in counts as well, when it is begun; from then on only a factor does.
   */
  async #assertMayChange(
    tx: AccountsDatabase,
    { sessionId, stepUpMs }: PersonPrincipal,
    held: HeldFactors,
    isBegun = false,
  ): Promise<void> {
    const isFirst = enrolledKinds(held).length === 0;
    if (isFirst && isBegun) return;
    const startedMs = isFirst ? await sessionStartedMs(tx, sessionId) : undefined;
    const sinceMs = this.#context.clock.nowMs() - Math.max(startedMs ?? 0, stepUpMs ?? 0);
    if (sinceMs > accounts.STEP_UP_MS) throw new AppError("auth.step_up_required");
  }

  async #noneLeft(tx: AccountsDatabase, { id, tenant_id, role }: PersonRow): Promise<void> {
    if (isStaff(role) && this.#context.requireStaffFactor(tenant_id)) throw new AppError("auth.factor_last");
    await putRecoveryCodes(tx, id, [], this.#context.clock.nowMs());
  }

  async #lock(
    tx: AccountsDatabase,
    { personId }: PersonPrincipal,
  ): Promise<{ readonly person: PersonRow; readonly held: HeldFactors }> {
    const person = await lockPerson(tx, personId);
    if (person === undefined) throw new AppError("account.not_found");
    return { person, held: await readFactors(tx, personId) };
  }

  #insert(
    tx: AccountsDatabase,
    { personId, sessionId }: PersonPrincipal,
    purpose: CeremonyPurpose,
    content: { readonly challenge?: string; readonly secret?: Uint8Array },
  ): Promise<CeremonyRow> {
    const { clock, random } = this.#context;
    const nowMs = clock.nowMs();
    return insertCeremony(tx, {
      id: newUuid(clock, random),
      purpose,
      person_id: personId,
      session_id: sessionId,
      browser_hash: null,
      first: null,
      // Whoever has a session is no stranger: their typing errors are counted apart from guesses at log-in.
      device: `session ${sessionId}`,
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + CEREMONY_MS),
      ...content,
    });
  }

  #record(
    tx: AccountsDatabase,
    { id, tenant_id }: PersonRow,
    kind: "factor.added" | "factor.changed" | "factor.removed",
    data: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#context.audit.record(tx, {
      kind,
      tenantId: tenant_id,
      subject: { kind: "person", id },
      data,
    });
  }

  async #view(db: AccountsDatabase, person: PersonRow): Promise<accounts.Factors> {
    const { requireStaffFactor, publicUrl } = this.#context;
    const { passkeys, totp, sent, recovery } = await readFactors(db, person.id);
    const sms = await this.#parts.sent.target(person, "sms");
    const email = await this.#parts.sent.target(person, "email");
    return {
      required: isStaff(person.role) && requireStaffFactor(person.tenant_id),
      passkeysPossible: relyingParty(publicUrl()) !== undefined,
      passkeys: passkeys.map((row) => ({
        id: row.id,
        name: row.name,
        createdMs: row.created_at.getTime(),
        ...(row.last_used_at === null ? {} : { lastUsedMs: row.last_used_at.getTime() }),
        synced: row.synced,
        suspectedCopy: row.suspected_copy,
      })),
      ...(totp === undefined
        ? {}
        : {
            totp: {
              createdMs: totp.created_at.getTime(),
              ...(totp.last_used_at === null ? {} : { lastUsedMs: totp.last_used_at.getTime() }),
            },
          }),
      email: { on: sent.has("email"), available: true, ...(email && { hint: email.hint }) },
      sms: { on: sent.has("sms"), available: sms !== undefined, ...(sms && { hint: sms.hint }) },
      ...(recovery === undefined ? {} : { recoveryCodes: recovery }),
    };
  }
}
