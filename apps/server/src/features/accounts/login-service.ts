import { AppError, type Uuid } from "@gatehouse/base";
import {
  deriveKey,
  equalConstantTime,
  hashPassword,
  hmacSha256,
  needsRehash,
  newToken,
  verifyPassword,
} from "../../platform/secrets/index.ts";
import { emailKey, findPersonByEmail, getPerson, type PersonRow, updatePerson } from "./account-store.ts";
import { type AccountsContext, note, type Origin } from "./context.ts";
import { type Attempt, LoginThrottle } from "./login-throttle.ts";
import { assertStrongPassword } from "./password-policy.ts";

/** E-mail and password → person, with the same cost and answer for every kind of wrong. */
export class LoginService {
  readonly #context: AccountsContext;
  readonly #throttle: LoginThrottle;
  readonly #knownKey: Uint8Array;

  constructor(context: AccountsContext) {
    this.#context = context;
    this.#throttle = new LoginThrottle(context.clock);
    this.#knownKey = deriveKey(context.masterKey, "accounts/known-browser");
  }

  /** Fails with auth.throttled or auth.invalid_credentials. `knownCookie` is what an earlier log-in left in the browser. */
  async login(
    email: string,
    password: string,
    knownCookie: string | undefined,
    origin: Origin,
  ): Promise<PersonRow> {
    const { db, clock } = this.#context;
    const attempt: Attempt = {
      emailKey: emailKey(email),
      address: origin.address,
      knownDevice: this.#knownDevice(knownCookie, email),
    };
    const waitMs = this.#throttle.waitMs(attempt);
    if (waitMs > 0) {
      await this.#refused(undefined, email, "throttled", origin);
      throw new AppError("auth.throttled", { retryAfterSeconds: waitMs / 1000 });
    }
    this.#throttle.fail(attempt);
    const person = await findPersonByEmail(db, email);
    if (!(await verifyPassword(person?.password_hash, password)) || person === undefined) {
      await this.#refused(person, email, "wrong e-mail or password", origin);
      throw new AppError("auth.invalid_credentials");
    }
    this.#throttle.succeed(attempt);
    const rehashed = needsRehash(person.password_hash) ? await hashPassword(password) : undefined;
    await updatePerson(db, person.tenant_id, person.id, {
      last_login_at: new Date(clock.nowMs()),
      password_hash: rehashed,
    });
    await note(this.#context, {
      tenantId: person.tenant_id,
      personId: person.id,
      kind: "login",
      outcome: "ok",
      email: person.email,
      ...origin,
    });
    return person;
  }

  /** Fails with auth.invalid_credentials, auth.throttled or auth.password_weak. */
  async changePassword(
    tenantId: Uuid,
    personId: Uuid,
    current: string,
    next: string,
    origin: Origin,
  ): Promise<void> {
    const { db } = this.#context;
    const person = await getPerson(db, tenantId, personId);
    const attempt: Attempt = {
      emailKey: person.email_key,
      address: origin.address,
      knownDevice: `session ${personId}`,
    };
    const waitMs = this.#throttle.waitMs(attempt);
    if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: waitMs / 1000 });
    this.#throttle.fail(attempt);
    if (!(await verifyPassword(person.password_hash, current)))
      throw new AppError("auth.invalid_credentials");
    this.#throttle.succeed(attempt);
    await assertStrongPassword(next, [person.name, person.email]);
    await updatePerson(db, tenantId, personId, { password_hash: await hashPassword(next) });
    await note(this.#context, {
      tenantId,
      personId,
      kind: "password_changed",
      outcome: "ok",
      email: person.email,
      ...origin,
    });
  }

  /** `<id>.<mac>` bound to the account: proves an earlier log-in from this browser, and lets nobody in by itself. */
  knownCookie(email: string): string {
    const id = newToken(this.#context.random, 16);
    return `${id}.${this.#knownMac(id, email)}`;
  }

  #knownDevice(cookie: string | undefined, email: string): string | undefined {
    const [id = "", mac = ""] = (cookie ?? "").split(".", 2);
    return id !== "" && equalConstantTime(mac, this.#knownMac(id, email)) ? id : undefined;
  }

  #knownMac(id: string, email: string): string {
    return Buffer.from(hmacSha256(this.#knownKey, `${id}\0${emailKey(email)}`)).toString("base64url");
  }

  #refused(person: PersonRow | undefined, email: string, reason: string, origin: Origin): Promise<void> {
    return note(this.#context, {
      tenantId: person?.tenant_id,
      personId: person?.id,
      kind: "login",
      outcome: "refused",
      reason,
      email,
      ...origin,
    });
  }
}
