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
import type { SessionService } from "../sessions/session-service.ts";

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

interface Outcome {
  readonly person: PersonRow;
  readonly answer: Verdict;
  readonly stepUpMs?: UnixMs;
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
  ): Promise<{ readonly stepUpMs: UnixMs }> {
    if (!isCodeFactor(factor)) throw new AppError("auth.factor_unavailable", { factor });
    const { answers, factors, refusals, sessions } = this.#parts;
    const { person, answer, stepUpMs } = await factors.within(
      principal,
      "step_up",
      async (tx, owner, held, ceremony): Promise<Outcome> => {
        assertOffered(owner, held, factor);
        const judged = await answers.judge(tx, ceremony, factor, code);
        if (judged.verdict !== "right") return { person: owner, answer: judged };
        await deleteCeremony(tx, ceremony.id);
        const atMs = await sessions.stepUp(tx, principal, principal.sessionId, factor);
        return { person: owner, answer: judged, stepUpMs: atMs };
      },
    );
    if (answer.verdict !== "right" && answer.verdict !== "expired")
      await refusals.note({ act: "step_up", person, email: person.email, reason: "code", origin });
    assertRight(answer, "auth.code_expired");
    return { stepUpMs: stepUpMs as UnixMs };
  }

  /** For somebody without a second factor. Fails with auth.factor_unavailable for anybody else. */
  async answerPassword(
    principal: PersonPrincipal,
    password: string,
    origin: Origin,
  ): Promise<{ readonly stepUpMs: UnixMs }> {
    const { db } = this.#context;
    const { passwords, sessions } = this.#parts;
    const { tenantId, personId, sessionId } = principal;
    const person = await getPerson(db, tenantId, personId);
    assertOffered(person, await readFactors(db, personId), "password");
    await passwords.assertPassword(person, password, "step_up", origin);
    const stepUpMs = await db
      .transaction()
      .execute((tx) => sessions.stepUp(tx, principal, sessionId, "password"));
    return { stepUpMs };
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
  ): Promise<{ readonly stepUpMs: UnixMs }> {
    const { factors, refusals, sessions, uses } = this.#parts;
    const { person, stepUpMs } = await factors.within(
      principal,
      "step_up",
      async (tx, owner, _held, ceremony) => {
        const { challenge } = ceremony;
        await updateCeremony(tx, ceremony.id, { challenge: null });
        const use =
          challenge === null ? undefined : await uses.use(tx, response, challenge, principal.personId);
        if (use === undefined) return { person: owner, stepUpMs: undefined };
        await deleteCeremony(tx, ceremony.id);
        const atMs = await sessions.stepUp(tx, principal, principal.sessionId, "passkey");
        return { person: owner, stepUpMs: atMs };
      },
    );
    if (stepUpMs === undefined) {
      await refusals.note({ act: "step_up", person, email: person.email, reason: "passkey", origin });
      throw new AppError("auth.passkey_refused");
    }
    return { stepUpMs };
  }
}

function assertOffered(person: PersonRow, held: HeldFactors, factor: FactorKind): void {
  if (!stepUpChoices(person.role, held).includes(factor))
    throw new AppError("auth.factor_unavailable", { factor });
}
