import { AppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { deriveKey, equalConstantTime, hmacSha256 } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import { deleteCeremony, updateCeremony, useChallenge } from "../factors/ceremony-store.ts";
import { findPasskey, readFactors } from "../factors/factor-store.ts";
import type { FirstStep } from "../factors/factor-tables.ts";
import type { PasskeyUses } from "../factors/passkey-uses.ts";
import { PASSKEY_TIMEOUT_MS, requestOptions } from "../factors/passkeys.ts";
import { getPersonById, lockPerson, type PersonRow } from "../people/account-store.ts";
import type { Admission, Step, Visitor } from "./admission.ts";
import type { PendingLogins } from "./pending-logins.ts";
import type { Refusals } from "./refusals.ts";

export interface PasskeyLoginParts {
  readonly uses: PasskeyUses;
  readonly admission: Admission;
  readonly pending: PendingLogins;
  readonly refusals: Refusals;
}

/** Log-in by passkey alone, or as the second step. */
export class PasskeyLogin {
  readonly #context: AccountsContext;
  readonly #parts: PasskeyLoginParts;
  readonly #key: Uint8Array;

  constructor(context: AccountsContext, parts: PasskeyLoginParts) {
    this.#context = context;
    this.#parts = parts;
    this.#key = deriveKey(context.masterKey, "accounts/passkey-challenge");
  }

  /**
   * With the cookie to set. Of a half-done log-in: its person's passkeys, and the challenge is kept with it. Without
   * one nothing is stored, so that nobody can fill a table by asking: the cookie proves that the challenge is ours.
   */
  async options(
    pendingCookie: string | undefined,
  ): Promise<{ readonly options: accounts.RequestOptions; readonly cookie?: string }> {
    const { uses, pending } = this.#parts;
    const rp = uses.relyingParty();
    const options = await this.#context.db.transaction().execute(async (tx) => {
      const held = await pending.lock(tx, pendingCookie);
      if (held === undefined) return undefined;
      const { passkeys } = await readFactors(tx, held.person.id);
      if (passkeys.length === 0) return undefined;
      const made = await requestOptions(rp, passkeys);
      await updateCeremony(tx, held.ceremony.id, { challenge: made.challenge });
      return made;
    });
    if (options !== undefined) return { options };
    const fresh = await requestOptions(rp, undefined);
    const expiresMs = this.#context.clock.nowMs() + PASSKEY_TIMEOUT_MS;
    return { options: fresh, cookie: `${expiresMs}.${this.#mac(fresh.challenge, expiresMs)}` };
  }

  /** Fails with auth.passkey_refused, auth.passkey_on_address or auth.login_expired. */
  async finish(
    response: accounts.AuthenticationResponse,
    challengeCookie: string | undefined,
    visitor: Visitor,
  ): Promise<Step> {
    const challenge = this.#parts.uses.challengeOf(response);
    const held = await this.#parts.pending.find(visitor.pending);
    const step =
      held?.challenge != null && equalConstantTime(held.challenge, challenge)
        ? await this.#second(response, visitor)
        : await this.#alone(response, challenge, challengeCookie, visitor);
    if (step === undefined) {
      await this.#refused(response, visitor);
      throw new AppError("auth.passkey_refused");
    }
    return step;
  }

  /** One passkey of the person whose log-in is half done. */
  async #second(response: accounts.AuthenticationResponse, visitor: Visitor): Promise<Step | undefined> {
    const { uses, admission, pending } = this.#parts;
    return this.#context.db.transaction().execute(async (tx) => {
      const held = await pending.lock(tx, visitor.pending);
      if (held === undefined) throw new AppError("auth.login_expired");
      const { ceremony, person } = held;
      const { challenge } = ceremony;
      await updateCeremony(tx, ceremony.id, { challenge: null });
      if (challenge === null) return undefined;
      const use = await uses.use(tx, response, challenge, person.id);
      if (use === undefined) return undefined;
      await deleteCeremony(tx, ceremony.id);
      const first = ceremony.first as FirstStep;
      return admission.letIn(tx, person, { first, factor: "passkey" }, visitor);
    });
  }

  /** Possession and a finger, a face or a PIN: two factors at once, so without that it is refused. */
  async #alone(
    response: accounts.AuthenticationResponse,
    challenge: string,
    cookie: string | undefined,
    visitor: Visitor,
  ): Promise<Step | undefined> {
    const [expires = "", mac = ""] = (cookie ?? "").split(".", 2);
    const expiresMs = Number(expires);
    const nowMs = this.#context.clock.nowMs();
    const isOurs = equalConstantTime(mac, this.#mac(challenge, expiresMs));
    if (!isOurs || expiresMs <= nowMs || expiresMs > nowMs + 2 * PASSKEY_TIMEOUT_MS) return undefined;
    const { uses, admission } = this.#parts;
    return this.#context.db.transaction().execute(async (tx) => {
      const passkey = await findPasskey(tx, response.id);
      const person = passkey === undefined ? undefined : await lockPerson(tx, passkey.person_id);
      if (person?.state !== "active" || !namesPerson(response, person)) return undefined;
      const use = await uses.use(tx, response, challenge, person.id);
      if (use?.userVerified !== true || !(await useChallenge(tx, challenge, expiresMs + PASSKEY_TIMEOUT_MS)))
        return undefined;
      return admission.letIn(tx, person, { first: "passkey", factor: "passkey" }, visitor);
    });
  }

  async #refused(response: accounts.AuthenticationResponse, { origin }: Visitor): Promise<void> {
    const { db } = this.#context;
    const passkey = await findPasskey(db, response.id);
    const person = passkey === undefined ? undefined : await getPersonById(db, passkey.person_id);
    const email = person?.email ?? "";
    await this.#parts.refusals.note({ act: "login", person, email, reason: "passkey", origin });
  }

  #mac(challenge: string, expiresMs: number): string {
    return Buffer.from(hmacSha256(this.#key, `${challenge}.${expiresMs}`)).toString("base64url");
  }
}

/** The user handle is the person's id, where the authenticator tells one (Web Authentication Level 3 §7.2 step 6). */
function namesPerson({ response }: accounts.AuthenticationResponse, { id }: PersonRow): boolean {
  const { userHandle } = response;
  return userHandle !== undefined && Buffer.from(userHandle, "base64url").toString("utf8") === id;
}
