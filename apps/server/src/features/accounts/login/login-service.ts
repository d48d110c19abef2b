import { AppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { hashPassword, needsRehash, verifyPassword } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { assertRight, type CodeAnswers, isCodeFactor, type Verdict } from "../factors/answers.ts";
import { deleteCeremony } from "../factors/ceremony-store.ts";
import type { FirstStep, SentMedium } from "../factors/factor-tables.ts";
import type { SentCodes } from "../factors/sent-codes.ts";
import {
  emailKey,
  findPersonByEmail,
  lockPerson,
  type PersonRow,
  updatePerson,
} from "../people/account-store.ts";
import type { Admission, Step, Visitor } from "./admission.ts";
import type { Decoys } from "./decoys.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import type { FactorKind } from "./login-model.ts";
import type { Attempt, LoginThrottle } from "./login-throttle.ts";
import type { PendingLogins } from "./pending-logins.ts";
import type { Refusal, Refusals } from "./refusals.ts";

export interface LoginParts {
  readonly admission: Admission;
  readonly answers: CodeAnswers;
  readonly decoys: Decoys;
  readonly sent: SentCodes;
  readonly pending: PendingLogins;
  readonly known: KnownBrowsers;
  readonly throttle: LoginThrottle;
  readonly refusals: Refusals;
}

/** Log-in by password, and the second step of every log-in that needs one. */
export class LoginService {
  readonly #context: AccountsContext;
  readonly #parts: LoginParts;

  constructor(context: AccountsContext, parts: LoginParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * The first step, with the same cost and answer for every kind of wrong. Fails with auth.throttled or
   * auth.invalid_credentials.
   */
  async logIn(email: string, password: string, visitor: Visitor): Promise<Step> {
    const { decoys, known, throttle } = this.#parts;
    const typed = email.trim();
    const knownDevice = known.find(visitor.known, typed);
    const attempt: Attempt = { emailKey: emailKey(typed), address: visitor.origin.address, knownDevice };
    const person = await findPersonByEmail(this.#context.db, typed);
    await this.#assertMayTry(attempt, person, typed, visitor);
    const stored = person === undefined ? await decoys.hashFor(attempt.emailKey) : person.password_hash;
    const isRight = await verifyPassword(stored, password);
    const step =
      person !== undefined && isRight ? await this.#passwordWasRight(person, password, visitor) : undefined;
    if (step === undefined) {
      await this.#refused(person, typed, "credentials", visitor);
      throw new AppError("auth.invalid_credentials");
    }
    throttle.succeed(attempt);
    return step;
  }

  /** Where the half-done log-in stands. Fails with auth.login_expired. */
  async state(cookie: string | undefined): Promise<Step> {
    const { admission, pending } = this.#parts;
    return this.#context.db.transaction().execute(async (tx) => {
      const held = await pending.lock(tx, cookie);
      if (held === undefined) throw new AppError("auth.login_expired");
      const { ceremony, person } = held;
      const factors = await admission.choices(tx, person, ceremony.first as FirstStep);
      const expiresMs = ceremony.expires_at.getTime();
      return { step: "factor_needed", cookie: cookie as string, factors, expiresMs };
    });
  }

  async cancel(cookie: string | undefined): Promise<void> {
    const ceremony = await this.#parts.pending.find(cookie);
    if (ceremony !== undefined) await deleteCeremony(this.#context.db, ceremony.id);
  }

  /** Fails with auth.login_expired, auth.factor_unavailable, auth.throttled or auth.message_limit. */
  async sendCode(cookie: string | undefined, medium: SentMedium): Promise<accounts.CodeSent> {
    const { pending, sent } = this.#parts;
    const answer = await this.#context.db.transaction().execute(async (tx) => {
      const held = await pending.lock(tx, cookie);
      if (held === undefined) throw new AppError("auth.login_expired");
      await this.#assertOffered(tx, held.person, held.ceremony.first as FirstStep, medium);
      return sent.send(tx, held.ceremony, held.person, medium);
    });
    this.#context.messenger.wake();
    return answer;
  }

  /** The second step by code. A wrong one is counted and stays counted. */
  async answer(factor: FactorKind, code: string, visitor: Visitor): Promise<Step> {
    if (!isCodeFactor(factor)) throw new AppError("auth.factor_unavailable", { factor });
    const { admission, answers, pending } = this.#parts;
    const result = await this.#context.db.transaction().execute(async (tx) => {
      const held = await pending.lock(tx, visitor.pending);
      if (held === undefined) throw new AppError("auth.login_expired");
      const { ceremony, person } = held;
      const first = ceremony.first as FirstStep;
      await this.#assertOffered(tx, person, first, factor);
      const answer: Verdict = await answers.judge(tx, ceremony, factor, code);
      if (answer.verdict !== "right") return { person, answer };
      await deleteCeremony(tx, ceremony.id);
      return { person, answer, step: await admission.letIn(tx, person, { first, factor }, visitor) };
    });
    const { person, answer, step } = result;
    if (answer.verdict !== "right" && answer.verdict !== "expired")
      await this.#refused(person, person.email, "code", visitor);
    assertRight(answer, "auth.login_expired");
    return step as Step;
  }

  /** The second step by password, after a mailed link. */
  async answerPassword(password: string, visitor: Visitor): Promise<Step> {
    const { admission, pending, known, throttle } = this.#parts;
    const { db } = this.#context;
    const held = await db.transaction().execute((tx) => pending.lock(tx, visitor.pending));
    if (held === undefined) throw new AppError("auth.login_expired");
    const { person } = held;
    const first = held.ceremony.first as FirstStep;
    await this.#assertOffered(db, person, first, "password");
    const knownDevice = known.find(visitor.known, person.email);
    const attempt = { emailKey: person.email_key, address: visitor.origin.address, knownDevice };
    await this.#assertMayTry(attempt, person, person.email, visitor);
    const isRight = await verifyPassword(person.password_hash, password);
    const step = isRight
      ? await db.transaction().execute(async (tx) => {
          const again = await pending.lock(tx, visitor.pending);
          if (again === undefined || again.person.password_hash !== person.password_hash) return undefined;
          await deleteCeremony(tx, again.ceremony.id);
          return admission.letIn(tx, again.person, { first, factor: "password" }, visitor);
        })
      : undefined;
    if (step === undefined) {
      await this.#refused(person, person.email, "credentials", visitor);
      throw new AppError("auth.invalid_credentials");
    }
    throttle.succeed(attempt);
    return step;
  }

  /** Undefined when the password was changed while this one was being checked, or the account may not be used. */
  async #passwordWasRight(person: PersonRow, password: string, visitor: Visitor): Promise<Step | undefined> {
    const { id: personId, tenant_id: tenantId, password_hash } = person;
    const rehashed = needsRehash(password_hash) ? await hashPassword(password) : undefined;
    return this.#context.db.transaction().execute(async (tx) => {
      const now = await lockPerson(tx, personId);
      if (now?.password_hash !== password_hash || now.state !== "active") return undefined;
      if (rehashed !== undefined) await updatePerson(tx, tenantId, personId, { password_hash: rehashed });
      return this.#parts.admission.afterFirst(tx, now, "password", visitor);
    });
  }

  async #assertOffered(
    db: AccountsContext["db"],
    person: PersonRow,
    first: FirstStep,
    factor: FactorKind,
  ): Promise<void> {
    const offered = await this.#parts.admission.choices(db, person, first);
    if (!offered.some((choice) => choice.factor === factor))
      throw new AppError("auth.factor_unavailable", { factor });
  }

  /** Counts the attempt as a failure until it succeeds, so that many at once are many. */
  async #assertMayTry(
    attempt: Attempt,
    person: PersonRow | undefined,
    email: string,
    visitor: Visitor,
  ): Promise<void> {
    const { throttle } = this.#parts;
    const waitMs = throttle.waitMs(attempt);
    if (waitMs === 0) {
      throttle.fail(attempt);
      return;
    }
    await this.#refused(person, email, "throttled", visitor);
    throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
  }

  #refused(
    person: PersonRow | undefined,
    email: string,
    reason: Refusal["reason"],
    { origin }: Visitor,
  ): Promise<void> {
    return this.#parts.refusals.note({ act: "login", person, email, reason, origin });
  }
}
