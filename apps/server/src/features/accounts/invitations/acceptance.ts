import { AppError, newUuid } from "@gatehouse/base";
import type { accounts, BodyOf } from "@gatehouse/contract";
import { hashPassword, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { maskPhone } from "../factors/hints.ts";
import type { Teller } from "../messages/teller.ts";
import { findPersonByEmail, findPersonById, insertPerson } from "../people/account-store.ts";
import type { Languages } from "../people/languages.ts";
import { CODE_MS, type OneTimeCodes, refuseCode, resendAt } from "../people/one-time-code.ts";
import { normalisePhone, type PersonalData, sealPersonal } from "../people/personal-data.ts";
import type { PersonKey } from "../ports.ts";
import type { AccountsDatabase } from "../tables.ts";
import { type InvitationRow, lockInvitation, stateOf, updateInvitation } from "./invitation-store.ts";

export interface AcceptanceTools {
  readonly data: PersonalData;
  readonly codes: OneTimeCodes;
  readonly teller: Teller;
  readonly languages: Languages;
}

const scopeOf = ({ id }: InvitationRow): string => `invitation/phone/${id}`;
const placeOf = ({ id }: InvitationRow) => ({ table: "invitations", column: "phone", rowId: id });

/** What the guest does: opens the link, gives phone and password, confirms the phone. The role holds only then. */
export class Acceptance {
  readonly #context: AccountsContext;
  readonly #tools: AcceptanceTools;

  constructor(context: AccountsContext, tools: AcceptanceTools) {
    this.#context = context;
    this.#tools = tools;
  }

  /** Fails with auth.link_invalid. */
  async open(token: string): Promise<accounts.OpenInvitation> {
    const { clock, db } = this.#context;
    return db.transaction().execute(async (tx) => {
      const row = await this.#find(tx, token);
      if (row.opened_at === null) await updateInvitation(tx, row.id, { opened_at: new Date(clock.nowMs()) });
      return this.#view(row);
    });
  }

  /** Fails with auth.link_invalid, auth.password_weak, auth.throttled or auth.message_limit. */
  async accept(body: BodyOf<typeof accounts.acceptInvitation>): Promise<accounts.OpenInvitation> {
    const { clock, db, organisation, passwords } = this.#context;
    const { codes, data, teller } = this.#tools;
    const { tenant_id, email } = await db.transaction().execute((tx) => this.#find(tx, body.token));
    await passwords.assertStrong(
      body.password,
      [body.name, email, organisation(tenant_id)],
      this.#context.passwordRules(tenant_id),
    );
    const passwordHash = await hashPassword(body.password);
    const cipher = await data.cipherOf(tenant_id);
    const phone = normalisePhone(body.phone);
    const view = await db.transaction().execute(async (tx) => {
      const row = await this.#find(tx, body.token);
      const { code, stored } = codes.issue(scopeOf(row), row.code, clock.nowMs());
      const change = {
        name: body.name,
        language: body.language,
        phone: Buffer.from(cipher.seal(placeOf(row), phone)),
        password_hash: passwordHash,
        opened_at: row.opened_at ?? new Date(clock.nowMs()),
        code: stored,
      };
      await updateInvitation(tx, row.id, change);
      const next = { ...row, ...change };
      await teller.sms(tx, next, phone, { purpose: "code", code, validMs: CODE_MS });
      return this.#view(next);
    });
    teller.wake();
    return view;
  }

  /** Fails with auth.link_invalid, auth.code_wrong, auth.code_expired or account.email_taken. */
  async confirm(token: string, code: string): Promise<{ readonly email: string }> {
    const { clock, db } = this.#context;
    const outcome = await db.transaction().execute(async (tx) => {
      const row = await this.#find(tx, token);
      if (row.code === null) return "expired";
      const verdict = this.#tools.codes.judge(scopeOf(row), row.code, code, clock.nowMs());
      if (verdict === "wrong")
        await updateInvitation(tx, row.id, { code: { ...row.code, wrong: row.code.wrong + 1 } });
      return verdict === "right" ? this.#makePerson(tx, row) : verdict;
    });
    if (outcome === "wrong" || outcome === "expired") refuseCode(outcome);
    const { email, tenantId, personId } = outcome;
    await this.#context.roles.personChanged(tenantId, personId);
    await this.#tools.languages.load();
    return { email };
  }

  async #makePerson(
    tx: AccountsDatabase,
    row: InvitationRow,
  ): Promise<PersonKey & { readonly email: string }> {
    const { audit, clock, random, roles } = this.#context;
    const { tenant_id: tenantId, email, password_hash, phone, role, site_ids } = row;
    if (password_hash === null || phone === null) throw new AppError("auth.link_invalid");
    if ((await findPersonByEmail(tx, email)) !== undefined) throw new AppError("account.email_taken");
    const cipher = await this.#tools.data.cipherOf(tenantId);
    const personId = newUuid(clock, random);
    const now = new Date(clock.nowMs());
    await insertPerson(tx, {
      id: personId,
      tenant_id: tenantId,
      name: row.name,
      email,
      email_key: row.email_key,
      password_hash,
      role,
      language: row.language,
      state: "active",
      created_at: now,
      ...sealPersonal(cipher, personId, { phone: cipher.open(placeOf(row), phone) }),
    });
    if (site_ids !== null) {
      const inviter = row.invited_by === null ? undefined : await findPersonById(tx, row.invited_by);
      await roles.narrow(tx, { tenantId, personId, role }, site_ids, inviter?.name);
    }
    await updateInvitation(tx, row.id, { used_at: now, phone: null, password_hash: null, code: null });
    await audit.record(tx, {
      kind: "person.confirmed",
      tenantId,
      actor: { kind: "person", id: personId, tenantId },
      subject: { kind: "person", id: personId },
      data: { invitationId: row.id, role, ...(site_ids === null ? {} : { siteIds: site_ids }) },
      personal: { name: row.name, email },
    });
    return { email, tenantId, personId };
  }

  /** An invitation is worth what its inviter is: of somebody who was locked or erased meanwhile it is void. */
  async #find(tx: AccountsDatabase, token: string): Promise<InvitationRow> {
    const row = await lockInvitation(tx, { linkHash: sha256Hex(token) });
    if (row === undefined || stateOf(row, this.#context.clock.nowMs()) !== "open")
      throw new AppError("auth.link_invalid");
    const inviter = row.invited_by === null ? undefined : await findPersonById(tx, row.invited_by);
    if (row.invited_by !== null && inviter?.state !== "active") throw new AppError("auth.link_invalid");
    return row;
  }

  async #view(row: InvitationRow): Promise<accounts.OpenInvitation> {
    const base = {
      organisation: this.#context.organisation(row.tenant_id),
      name: row.name,
      email: row.email,
      role: row.role,
      language: row.language,
      expiresMs: row.expires_at.getTime(),
    };
    if (row.phone === null || row.code === null) return { ...base, step: "details" };
    const cipher = await this.#tools.data.cipherOf(row.tenant_id);
    const resendAtMs = resendAt(row.code);
    return {
      ...base,
      step: "phone",
      sentTo: maskPhone(cipher.open(placeOf(row), row.phone)),
      ...(resendAtMs === undefined ? {} : { resendAtMs }),
    };
  }
}
