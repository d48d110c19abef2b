import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import type { accounts, BodyOf } from "@gatehouse/contract";
import { equalConstantTime, hashPassword, newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import { networkOf, RollingBudget } from "../../../platform/throttle/index.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import { emailKey, findPersonByEmail, findPersonById } from "../people/account-store.ts";
import { CODE_MS, type OneTimeCodes } from "../people/one-time-code.ts";
import { normalisePhone, type PersonalData } from "../people/personal-data.ts";
import type { AccountsDatabase } from "../tables.ts";
import type { BrowserTie, SignUpCookie } from "./sign-up-cookie.ts";
import {
  MOST_UNCONFIRMED,
  MOST_WAITING,
  NETWORK_BUDGET,
  NO_SIGN_UP,
  progressOf,
  progressOfPerson,
  UNCONFIRMED_MS,
} from "./sign-up-model.ts";
import {
  countWaiting,
  deleteSignUp,
  findSignUpTenant,
  insertSignUp,
  lockSignUp,
  type SignUpRow,
  signUpIdOf,
  updateSignUp,
} from "./sign-up-store.ts";

type SignUpBody = BodyOf<typeof accounts.signUp>;

export interface SignUpTools {
  readonly data: PersonalData;
  readonly codes: OneTimeCodes;
  readonly teller: Teller;
  readonly cookie: SignUpCookie;
}

/** What a code of this sign-up is for, and where it went. */
export const codeScope = ({ id, email_confirmed_at }: Pick<SignUpRow, "id" | "email_confirmed_at">): string =>
  `sign-up/${email_confirmed_at === null ? "email" : "phone"}/${id}`;

/**
 * How a customer begins to sign up. A row is made, a password hashed and a mail sent for every address, known or not:
 * whoever owns a known one learns of it, whoever typed it does not.
 */
export class SignUpService {
  readonly #context: AccountsContext;
  readonly #tools: SignUpTools;
  readonly #networks: RollingBudget;

  constructor(context: AccountsContext, tools: SignUpTools) {
    this.#context = context;
    this.#tools = tools;
    this.#networks = new RollingBudget(context.clock, NETWORK_BUDGET.most, NETWORK_BUDGET.withinMs);
  }

  async door(signUpId: string | undefined): Promise<{ open: boolean; organisation?: string }> {
    const tenant = await findSignUpTenant(this.#context.db, signUpId);
    return tenant !== undefined && this.#context.signUpIsOpen(tenant.tenantId)
      ? { open: true, organisation: this.#context.organisation(tenant.tenantId) }
      : { open: false };
  }

  async link(tenantId: Uuid): Promise<{ open: boolean; url: string; waiting: number }> {
    const { db, publicUrl, signUpIsOpen } = this.#context;
    return {
      open: signUpIsOpen(tenantId),
      url: `${publicUrl()}/sign-up?id=${await signUpIdOf(db, tenantId)}`,
      waiting: await countWaiting(db, tenantId),
    };
  }

  /** Fails with sign_up.closed, sign_up.full, auth.throttled or auth.password_weak, whatever the address. */
  async begin(
    body: SignUpBody,
    address: string,
  ): Promise<{ readonly cookie: string; readonly progress: accounts.SignUpProgress }> {
    const { clock, db, organisation, passwords, random, signUpIsOpen } = this.#context;
    const { cookie: ties, data, teller } = this.#tools;
    const tenant = await findSignUpTenant(db, body.id);
    if (tenant === undefined || !signUpIsOpen(tenant.tenantId)) throw new AppError("sign_up.closed");
    const { tenantId } = tenant;
    const waitMs = this.#networks.takeOrWaitMs(networkOf(address));
    if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    if ((await countWaiting(db, tenantId)) >= MOST_WAITING) throw new AppError("sign_up.full");
    await passwords.assertStrong(
      body.password,
      [body.name, body.email, organisation(tenantId)],
      this.#context.passwordRules(tenantId),
    );
    const passwordHash = await hashPassword(body.password);
    const cipher = await data.cipherOf(tenantId);
    const id = newUuid(clock, random);
    const tie = ties.newTie(id);
    const seal = (column: string, text: string): Buffer =>
      Buffer.from(cipher.seal({ table: "sign_ups", column, rowId: id }, text));
    const nowMs = clock.nowMs();
    const phone = normalisePhone(body.phone);
    const progress = await db.transaction().execute(async (tx) => {
      const known = await findPersonByEmail(tx, body.email);
      const link = newToken(random, 24);
      const row: SignUpRow = {
        id,
        tenant_id: tenantId,
        name: body.name,
        email: body.email,
        email_key: emailKey(body.email),
        phone: seal("phone", phone),
        address: seal("address", body.address),
        identity_number:
          body.identityNumber === undefined ? null : seal("identity_number", body.identityNumber),
        password_hash: passwordHash,
        language: body.language,
        decoy: known !== undefined && !(known.state === "rejected" && known.tenant_id === tenantId),
        browser_hash: tie.hash,
        link_hash: sha256Hex(link),
        code: { hash: "", untilMs: 0, wrong: 0, sent: 0, sentMs: 0 },
        email_confirmed_at: null,
        person_id: null,
        created_at: new Date(nowMs),
        expires_at: new Date(nowMs + UNCONFIRMED_MS),
      };
      await insertSignUp(tx, { ...row, code: JSON.stringify(row.code) }, MOST_UNCONFIRMED);
      return progressOf(await this.#mail(tx, row, link), phone);
    });
    teller.wake();
    return { cookie: tie.cookie, progress };
  }

  async progress(tie: BrowserTie | undefined): Promise<accounts.SignUpProgress> {
    return this.#context.db.transaction().execute(async (tx) => {
      const row = await this.find(tx, tie);
      if (row === undefined) return NO_SIGN_UP;
      if (row.person_id !== null) return progressOfPerson(await findPersonById(tx, row.person_id));
      return progressOf(row, await this.phoneOf(row));
    });
  }

  /** The code of this step again. Fails with sign_up.none, auth.throttled or auth.message_limit. */
  async resend(tie: BrowserTie | undefined): Promise<accounts.SignUpProgress> {
    const { db, random } = this.#context;
    const progress = await db.transaction().execute(async (tx) => {
      const row = await this.find(tx, tie);
      if (row === undefined || row.person_id !== null) throw new AppError("sign_up.none");
      const phone = await this.phoneOf(row);
      const next =
        row.email_confirmed_at === null
          ? await this.#mail(tx, row, newToken(random, 24))
          : await this.sms(tx, row, phone);
      return progressOf(next, phone);
    });
    this.#tools.teller.wake();
    return progress;
  }

  /** One that waits for a decision stays; only its browser forgets it. */
  async cancel(tie: BrowserTie | undefined): Promise<void> {
    await this.#context.db.transaction().execute(async (tx) => {
      const row = await this.find(tx, tie);
      if (row !== undefined && row.person_id === null) await deleteSignUp(tx, row.id);
    });
  }

  /** The sign-up of this browser, locked. */
  async find(tx: AccountsDatabase, tie: BrowserTie | undefined): Promise<SignUpRow | undefined> {
    if (tie === undefined) return undefined;
    const row = await lockSignUp(tx, { id: tie.id }, this.#context.clock.nowMs());
    return row !== undefined && equalConstantTime(row.browser_hash, tie.hash) ? row : undefined;
  }

  async phoneOf({ id, tenant_id, phone }: SignUpRow): Promise<string> {
    const cipher = await this.#tools.data.cipherOf(tenant_id);
    return cipher.open({ table: "sign_ups", column: "phone", rowId: id }, phone);
  }

  /** To somebody whose address is confirmed; of a decoy nothing gets that far. */
  async sms(tx: AccountsDatabase, row: SignUpRow, phone: string): Promise<SignUpRow> {
    const { codes, teller } = this.#tools;
    const nowMs = this.#context.clock.nowMs();
    const { code, stored } = codes.issue(codeScope(row), row.code.sent === 0 ? null : row.code, nowMs);
    await updateSignUp(tx, row.id, { code: stored });
    await teller.sms(tx, row, phone, { purpose: "code", code, validMs: CODE_MS }, "asked");
    return { ...row, code: stored };
  }

  /** To the address that was typed; where it is somebody's already, to them and without link or code. */
  async #mail(tx: AccountsDatabase, row: SignUpRow, link: string): Promise<SignUpRow> {
    const { clock, publicUrl } = this.#context;
    const { codes, teller } = this.#tools;
    const before = row.code.sent === 0 ? null : row.code;
    const { code, stored } = codes.issue(codeScope(row), before, clock.nowMs(), row.decoy);
    await updateSignUp(tx, row.id, { code: stored, link_hash: sha256Hex(link) });
    // Asked in any case: an address that is known costs exactly what an unknown one does.
    const known = await findPersonByEmail(tx, row.email);
    if (row.decoy && known !== undefined)
      await teller.mail(tx, known, { purpose: "sign_up_exists", link: `${publicUrl()}/login` });
    else {
      // Without the name that was typed: nobody shall be written to in a stranger's words.
      const validMs = row.expires_at.getTime() - clock.nowMs();
      const url = `${publicUrl()}/sign-up/confirm#${link}`;
      const message = { purpose: "confirm_email", link: url, code, validMs, codeValidMs: CODE_MS } as const;
      await teller.mail(tx, { ...row, name: "" }, message);
    }
    return { ...row, code: stored };
  }
}
