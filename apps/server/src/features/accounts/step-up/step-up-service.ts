import { AppError, type UnixMs } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { AccountsContext, Origin } from "../context.ts";
import { assertRight, type CodeAnswers, isCodeFactor, type Verdict } from "../factors/answers.ts";
import { deleteCeremony, updateCeremony } from "../factors/ceremony-store.ts";
import type { FactorService } from "../factors/factor-service.ts";
import { type HeldFactors, readFactors } from "../factors/factor-store.ts";
import type { SentMedium } from "../factors/factor-tables.ts";
import type { PasskeyUses } from "../factors/passkey-uses.ts";
import { requestOptions } from "../factors/passkeys.ts";
import type { SentCodes } from "../factors/sent-codes.ts";
import type { Admission } from "../login/admission.ts";
import { type FactorKind, stepUpChoices } from "../login/login-model.ts";
import type { Refusals } from "../login/refusals.ts";
import type { PasswordService } from "../passwords/password-service.ts";
import { getPerson, type PersonRow } from "../people/account-store.ts";
import type { SessionService, Tokens } from "../sessions/session-service.ts";
import type { AccountsDatabase } from "../tables.ts";

export interface StepUpParts {
  readonly admission: Admission;
  readonly answers: CodeAnswers;
  readonly factors: FactorService;
  readonly passwords: PasswordService;
  readonly refusals: Refusals;
  readonly sent: SentCodes;
  readonly sessions: SessionService;
  readonly uses: PasskeyUses;
}

/** When it was confirmed, and the session's new cookies. */
export interface SteppedUp {
  readonly stepUpMs: UnixMs;
  readonly tokens: Tokens;
}

interface Outcome {
  readonly person: PersonRow;
  readonly answer: Verdict;
  readonly done?: SteppedUp;
}

/** Confirming within a session that it is still the same person. */
export class StepUpService {
  readonly #context: AccountsContext;
  readonly #parts: StepUpParts;

  constructor(context: AccountsContext, parts: StepUpParts) {
    this.#context = context;
    this.#parts = parts;
  }

  async view({ tenantId, personId, stepUpMs }: PersonPrincipal): Promise<accounts.StepUp> {
    const { db } = this.#context;
    const person = await getPerson(db, tenantId, personId);
    const kinds = stepUpChoices(person.role, await readFactors(db, personId));
    const factors = await this.#parts.admission.describe(person, kinds);
    return { factors, ...(stepUpMs === undefined ? {} : { stepUpMs }) };
  }

  async sendCode(principal: PersonPrincipal, medium: SentMedium): Promise<accounts.CodeSent> {
    const { factors, sent } = this.#parts;
    const answer = await factors.within(principal, "step_up", async (tx, person, held, ceremony) => {
      assertOffered(person, held, medium);
      return sent.send(tx, ceremony, person, medium);
    });
    factors.wake();
    return answer;
  }

  /** A wrong code is counted and stays counted. */
  async answer(
    principal: PersonPrincipal,
    factor: FactorKind,
    code: string,
    origin: Origin,
  ): Promise<SteppedUp> {
    if (!isCodeFactor(factor)) throw new AppError("auth.factor_unavailable", { factor });
    const { answers, factors, refusals } = this.#parts;
    const { person, answer, done } = await factors.within(
      principal,
      "step_up",
      async (tx, owner, held, ceremony): Promise<Outcome> => {
        assertOffered(owner, held, factor);
        const judged = await answers.judge(tx, ceremony, factor, code);
        if (judged.verdict !== "right") return { person: owner, answer: judged };
        await deleteCeremony(tx, ceremony.id);
        return { person: owner, answer: judged, done: await this.#stepUp(tx, principal, factor, origin) };
      },
    );
    if (answer.verdict !== "right" && answer.verdict !== "expired")
      await refusals.note({ act: "step_up", person, email: person.email, reason: "code", origin });
    assertRight(answer, "auth.code_expired");
    return done as SteppedUp;
  }

  /** For somebody without a second factor. Fails with auth.factor_unavailable for anybody else. */
  async answerPassword(principal: PersonPrincipal, password: string, origin: Origin): Promise<SteppedUp> {
    const { db } = this.#context;
    const { passwords } = this.#parts;
    const { tenantId, personId } = principal;
    const person = await getPerson(db, tenantId, personId);
    assertOffered(person, await readFactors(db, personId), "password");
    await passwords.assertPassword(person, password, "step_up", origin);
    return db.transaction().execute((tx) => this.#stepUp(tx, principal, "password", origin));
  }

  async startPasskey(principal: PersonPrincipal): Promise<accounts.RequestOptions> {
    const { factors, uses } = this.#parts;
    const rp = uses.relyingParty();
    return factors.within(principal, "step_up", async (tx, _person, { passkeys }, ceremony) => {
      if (passkeys.length === 0) throw new AppError("auth.factor_unavailable", { factor: "passkey" });
      const options = await requestOptions(rp, passkeys);
      await updateCeremony(tx, ceremony.id, { challenge: options.challenge });
      return options;
    });
  }

  async finishPasskey(
    principal: PersonPrincipal,
    response: accounts.AuthenticationResponse,
    origin: Origin,
  ): Promise<SteppedUp> {
    const { factors, refusals, uses } = this.#parts;
    const { person, done } = await factors.within(
      principal,
      "step_up",
      async (tx, owner, _held, ceremony) => {
        const { challenge } = ceremony;
        await updateCeremony(tx, ceremony.id, { challenge: null });
        const use =
          challenge === null ? undefined : await uses.use(tx, response, challenge, principal.personId);
        if (use === undefined) return { person: owner, done: undefined };
        await deleteCeremony(tx, ceremony.id);
        return { person: owner, done: await this.#stepUp(tx, principal, "passkey", origin) };
      },
    );
    if (done === undefined) {
      await refusals.note({ act: "step_up", person, email: person.email, reason: "passkey", origin });
      throw new AppError("auth.passkey_refused");
    }
    return done;
  }

  async #stepUp(
    tx: AccountsDatabase,
    principal: PersonPrincipal,
    factor: string,
    origin: Origin,
  ): Promise<SteppedUp> {
    const { sessions } = this.#parts;
    const { personId, sessionId } = principal;
    const stepUpMs = await sessions.stepUp(tx, principal, sessionId, factor);
    return { stepUpMs, tokens: await sessions.renew(tx, personId, sessionId, origin) };
  }
}

function assertOffered(person: PersonRow, held: HeldFactors, factor: FactorKind): void {
  if (!stepUpChoices(person.role, held).includes(factor))
    throw new AppError("auth.factor_unavailable", { factor });
}
