import { AppError, newUuid } from "@gatehouse/base";
import type { accounts, BodyOf } from "@gatehouse/contract";
import { sha256Hex, verifyPassword } from "../../../platform/secrets/index.ts";
import { GrowingDelay } from "../../../platform/throttle/index.ts";
import type { AccountsContext } from "../context.ts";
import { findPersonByEmail, findPersonById, insertPerson } from "../people/account-store.ts";
import type { Eraser } from "../people/eraser.ts";
import { type CodeVerdict, refuseCode } from "../people/one-time-code.ts";
import { sealPersonal } from "../people/personal-data.ts";
import type { AccountsDatabase } from "../tables.ts";
import type { BrowserTie } from "./sign-up-cookie.ts";
import { PROGRESS_MS, progressOf, progressOfPerson } from "./sign-up-model.ts";
import { codeScope, type SignUpService, type SignUpTools } from "./sign-up-service.ts";
import { lockSignUp, type SignUpRow, updateSignUp } from "./sign-up-store.ts";

type EmailBody = BodyOf<typeof accounts.confirmSignUpEmail>;

export interface Confirmed {
  readonly progress: accounts.SignUpProgress;
  /** Another browser goes on with it from now on. */
  readonly cookie?: string;
}

const EMPTY = Buffer.alloc(0);

/** E-mail address, then phone; with both there is somebody who waits for a decision. */
export class SignUpConfirmation {
  readonly #context: AccountsContext;
  readonly #tools: SignUpTools;
  readonly #signUps: SignUpService;
  readonly #eraser: Eraser;
  readonly #guesses: GrowingDelay;

  constructor(context: AccountsContext, tools: SignUpTools, signUps: SignUpService, eraser: Eraser) {
    this.#context = context;
    this.#tools = tools;
    this.#signUps = signUps;
    this.#eraser = eraser;
    this.#guesses = new GrowingDelay(context.clock);
  }

  async email(body: EmailBody, tie: BrowserTie | undefined, address: string): Promise<Confirmed> {
    const confirmed =
      "code" in body ? await this.#byCode(body.code, tie) : await this.#byLink(body, tie, address);
    this.#tools.teller.wake();
    return confirmed;
  }

  /** Fails with sign_up.none, auth.code_wrong, auth.code_expired or account.email_taken. */
  async phone(code: string, tie: BrowserTie | undefined): Promise<accounts.SignUpProgress> {
    const outcome = await this.#context.db.transaction().execute(async (tx) => {
      const row = await this.#signUps.find(tx, tie);
      if (row === undefined) throw new AppError("sign_up.none");
      if (row.person_id !== null) return progressOfPerson(await findPersonById(tx, row.person_id));
      if (row.email_confirmed_at === null) return "expired";
      const verdict = await this.#judge(tx, row, code);
      return verdict === "right" ? this.#makePerson(tx, row) : verdict;
    });
    if (outcome === "wrong" || outcome === "expired") refuseCode(outcome);
    await this.#eraser.remember();
    return outcome;
  }

  async #byCode(code: string, tie: BrowserTie | undefined): Promise<Confirmed> {
    const outcome = await this.#context.db.transaction().execute(async (tx) => {
      const row = await this.#signUps.find(tx, tie);
      if (row === undefined || row.person_id !== null) throw new AppError("sign_up.none");
      if (row.email_confirmed_at !== null) return this.#standing(row);
      const verdict = await this.#judge(tx, row, code);
      return verdict === "right" ? this.#confirmed(tx, row) : verdict;
    });
    if (outcome === "wrong" || outcome === "expired") refuseCode(outcome);
    return { progress: outcome };
  }

  /**
   * The browser that began needs nothing else. In another one the password proves that whoever opens the mail is who
   * signed up: otherwise a stranger could have an address confirmed by its owner's click.
   */
  async #byLink(
    { token, password }: Extract<EmailBody, { token: string }>,
    tie: BrowserTie | undefined,
    address: string,
  ): Promise<Confirmed> {
    const { clock, db } = this.#context;
    const find = (tx: AccountsDatabase) => lockSignUp(tx, { linkHash: sha256Hex(token) }, clock.nowMs());
    const seen = await db.transaction().execute(find);
    if (seen === undefined || seen.decoy || seen.person_id !== null) throw new AppError("auth.link_invalid");
    const isSame = tie?.id === seen.id && tie.hash === seen.browser_hash;
    if (!isSame) await this.#assertPassword(seen, password, address);
    return db.transaction().execute(async (tx) => {
      const row = await find(tx);
      if (row === undefined || row.person_id !== null) throw new AppError("auth.link_invalid");
      const moved = isSame ? undefined : this.#tools.cookie.newTie(row.id);
      if (moved !== undefined) await updateSignUp(tx, row.id, { browser_hash: moved.hash });
      const progress =
        row.email_confirmed_at === null ? await this.#confirmed(tx, row) : await this.#standing(row);
      return { progress, ...(moved === undefined ? {} : { cookie: moved.cookie }) };
    });
  }

  async #assertPassword(row: SignUpRow, password: string | undefined, address: string): Promise<void> {
    if (password === undefined) throw new AppError("sign_up.other_browser");
    const waitMs = this.#guesses.waitMs(address);
    if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    this.#guesses.fail(address);
    if (!(await verifyPassword(row.password_hash, password))) throw new AppError("auth.invalid_credentials");
    this.#guesses.succeed(address);
  }

  async #judge(tx: AccountsDatabase, row: SignUpRow, code: string): Promise<CodeVerdict> {
    const verdict = this.#tools.codes.judge(codeScope(row), row.code, code, this.#context.clock.nowMs());
    if (verdict === "wrong")
      await updateSignUp(tx, row.id, { code: { ...row.code, wrong: row.code.wrong + 1 } });
    return verdict;
  }

  async #standing(row: SignUpRow): Promise<accounts.SignUpProgress> {
    return progressOf(row, await this.#signUps.phoneOf(row));
  }

  async #confirmed(tx: AccountsDatabase, row: SignUpRow): Promise<accounts.SignUpProgress> {
    const change = {
      email_confirmed_at: new Date(this.#context.clock.nowMs()),
      code: { hash: "", untilMs: 0, wrong: 0, sent: 0, sentMs: 0 },
    };
    await updateSignUp(tx, row.id, change);
    const phone = await this.#signUps.phoneOf(row);
    return progressOf(await this.#signUps.sms(tx, { ...row, ...change }, phone), phone);
  }

  async #makePerson(tx: AccountsDatabase, row: SignUpRow): Promise<accounts.SignUpProgress> {
    const { audit, clock, random } = this.#context;
    const tenantId = row.tenant_id;
    const former = await findPersonByEmail(tx, row.email);
    if (former?.state === "rejected" && former.tenant_id === tenantId) await this.#eraser.erase(tx, former);
    else if (former !== undefined) throw new AppError("account.email_taken");
    const cipher = await this.#tools.data.cipherOf(tenantId);
    const open = (column: string, sealed: Uint8Array | null): string | undefined =>
      sealed === null ? undefined : cipher.open({ table: "sign_ups", column, rowId: row.id }, sealed);
    const personId = newUuid(clock, random);
    const nowMs = clock.nowMs();
    await insertPerson(tx, {
      id: personId,
      tenant_id: tenantId,
      name: row.name,
      email: row.email,
      email_key: row.email_key,
      password_hash: row.password_hash,
      role: "customer",
      language: row.language,
      state: "waiting",
      created_at: new Date(nowMs),
      ...sealPersonal(cipher, personId, {
        phone: open("phone", row.phone),
        address: open("address", row.address),
        identityNumber: open("identity_number", row.identity_number),
      }),
    });
    // From here on only the progress is of use, to the browser that shows it.
    await updateSignUp(tx, row.id, {
      name: "",
      email: "",
      email_key: "",
      phone: EMPTY,
      address: EMPTY,
      identity_number: null,
      password_hash: "",
      person_id: personId,
      expires_at: new Date(nowMs + PROGRESS_MS),
    });
    await audit.record(tx, {
      kind: "person.signed_up",
      tenantId,
      actor: { kind: "person", id: personId, tenantId },
      subject: { kind: "person", id: personId },
      personal: { name: row.name, email: row.email },
    });
    return { step: "waiting" };
  }
}
