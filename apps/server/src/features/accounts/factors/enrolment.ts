import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { base32, newTotpSecret, sealSecret, totpKeyUri } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { getPerson } from "../people/account-store.ts";
import { assertRight, type CodeAnswers, totpPlace, type Verdict } from "./answers.ts";
import { deleteCeremony } from "./ceremony-store.ts";
import { CEREMONY_MS, type FactorService } from "./factor-service.ts";
import {
  deletePasskey,
  deleteSentFactor,
  deleteTotp,
  findPasskey,
  insertPasskey,
  insertSentFactor,
  insertTotp,
  updatePasskey,
} from "./factor-store.ts";
import type { SentMedium } from "./factor-tables.ts";
import type { PasskeyUses } from "./passkey-uses.ts";
import { creationOptions, verifyRegistration } from "./passkeys.ts";
import type { SentCodes } from "./sent-codes.ts";

const MAX_PASSKEYS = 20;

export interface EnrolmentParts {
  readonly factors: FactorService;
  readonly answers: CodeAnswers;
  readonly sent: SentCodes;
  readonly uses: PasskeyUses;
}

/** Setting up and taking away each kind of second factor. */
export class Enrolment {
  readonly #context: AccountsContext;
  readonly #parts: EnrolmentParts;

  constructor(context: AccountsContext, parts: EnrolmentParts) {
    this.#context = context;
    this.#parts = parts;
  }

  async startPasskey(principal: PersonPrincipal): Promise<accounts.CreationOptions> {
    const { factors, uses } = this.#parts;
    const rp = uses.relyingParty();
    let options: accounts.CreationOptions | undefined;
    await factors.begin(principal, "add_passkey", async (_tx, person, { passkeys }) => {
      if (passkeys.length >= MAX_PASSKEYS) throw new AppError("limit.reached", { limit: MAX_PASSKEYS });
      options = await creationOptions(rp, person, passkeys);
      return { challenge: options.challenge };
    });
    return options as accounts.CreationOptions;
  }

  async addPasskey(
    principal: PersonPrincipal,
    name: string,
    response: accounts.RegistrationResponse,
  ): Promise<accounts.FactorAdded> {
    const { factors, uses } = this.#parts;
    const { clock, random } = this.#context;
    const rp = uses.relyingParty();
    const added = await factors.within(principal, "add_passkey", async (tx, person, held, ceremony) => {
      if (ceremony.challenge === null) throw new AppError("auth.passkey_refused");
      if (held.passkeys.length >= MAX_PASSKEYS) throw new AppError("limit.reached", { limit: MAX_PASSKEYS });
      const made = await verifyRegistration(rp, response, ceremony.challenge);
      if ((await findPasskey(tx, made.credentialId)) !== undefined) throw new AppError("auth.factor_exists");
      await deleteCeremony(tx, ceremony.id);
      await insertPasskey(tx, {
        id: newUuid(clock, random),
        person_id: person.id,
        credential_id: made.credentialId,
        public_key: made.publicKey,
        counter: made.counter,
        transports: made.transports,
        name,
        synced: made.synced,
        created_at: new Date(clock.nowMs()),
      });
      return factors.added(tx, principal, person, "passkey", held);
    });
    factors.wake();
    return added;
  }

  renamePasskey(principal: PersonPrincipal, id: Uuid, name: string): Promise<accounts.Factors> {
    const data = { factor: "passkey", passkeyId: id, renamed: true };
    return this.#parts.factors.changed(principal, data, (tx) =>
      updatePasskey(tx, principal.personId, id, { name }),
    );
  }

  removePasskey(principal: PersonPrincipal, id: Uuid): Promise<accounts.Factors> {
    return this.#parts.factors.remove(
      principal,
      "passkey",
      async (tx) => (await deletePasskey(tx, principal.personId, id)) !== undefined,
    );
  }

  async startTotp(
    principal: PersonPrincipal,
  ): Promise<{ readonly secret: string; readonly url: string; readonly expiresMs: number }> {
    const { answers, factors } = this.#parts;
    const { clock, db, organisation, random } = this.#context;
    const { tenantId, personId } = principal;
    const { email } = await getPerson(db, tenantId, personId);
    const secret = newTotpSecret(random);
    await factors.begin(principal, "add_totp", async (_tx, _person, { totp }) => {
      if (totp !== undefined) throw new AppError("auth.factor_exists");
      return { secret: sealSecret(answers.totpKey, secret, totpPlace(personId), random) };
    });
    const url = totpKeyUri(secret, organisation(tenantId), email);
    return { secret: base32(secret), url, expiresMs: clock.nowMs() + CEREMONY_MS };
  }

  async addTotp(principal: PersonPrincipal, code: string): Promise<accounts.FactorAdded> {
    const { answers, factors } = this.#parts;
    const { clock } = this.#context;
    const result = await factors.within(principal, "add_totp", async (tx, person, held, ceremony) => {
      if (held.totp !== undefined) throw new AppError("auth.factor_exists");
      const answer = await answers.judgeNewTotp(tx, ceremony, code);
      const { secret } = ceremony;
      if (answer.counter === undefined || secret === null) return { answer };
      await deleteCeremony(tx, ceremony.id);
      await insertTotp(tx, {
        person_id: person.id,
        secret,
        last_counter: answer.counter,
        created_at: new Date(clock.nowMs()),
      });
      return { answer, added: await factors.added(tx, principal, person, "totp", held) };
    });
    return this.#settle(result);
  }

  removeTotp(principal: PersonPrincipal): Promise<accounts.Factors> {
    return this.#parts.factors.remove(principal, "totp", (tx) => deleteTotp(tx, principal.personId));
  }

  async startSent(principal: PersonPrincipal, medium: SentMedium): Promise<accounts.CodeSent> {
    const { factors, sent } = this.#parts;
    const answer = await factors.within(principal, `add_${medium}`, async (tx, person, held, ceremony) => {
      if (held.sent.has(medium)) throw new AppError("auth.factor_exists");
      return sent.send(tx, ceremony, person, medium);
    });
    factors.wake();
    return answer;
  }

  async addSent(principal: PersonPrincipal, medium: SentMedium, code: string): Promise<accounts.FactorAdded> {
    const { answers, factors } = this.#parts;
    const { clock } = this.#context;
    const result = await factors.within(principal, `add_${medium}`, async (tx, person, held, ceremony) => {
      const answer = await answers.judge(tx, ceremony, medium, code);
      if (answer.verdict !== "right") return { answer };
      await deleteCeremony(tx, ceremony.id);
      await insertSentFactor(tx, person.id, medium, clock.nowMs());
      return { answer, added: await factors.added(tx, principal, person, medium, held) };
    });
    return this.#settle(result);
  }

  removeSent(principal: PersonPrincipal, medium: SentMedium): Promise<accounts.Factors> {
    return this.#parts.factors.remove(principal, medium, (tx) =>
      deleteSentFactor(tx, principal.personId, medium),
    );
  }

  /** A wrong code was counted and committed before it is refused. */
  #settle({
    answer,
    added,
  }: {
    readonly answer: Verdict;
    readonly added?: accounts.FactorAdded;
  }): accounts.FactorAdded {
    assertRight(answer, "auth.code_expired");
    this.#parts.factors.wake();
    return added as accounts.FactorAdded;
  }
}
