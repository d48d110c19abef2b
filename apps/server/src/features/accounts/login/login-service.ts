import { AppError } from "@gatehouse/base";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import {
  deriveKey,
  equalConstantTime,
  hashPassword,
  hmacSha256,
  needsRehash,
  newToken,
  verifyPassword,
} from "../../../platform/secrets/index.ts";
import type { AccessKind } from "../access-log/access-log-store.ts";
import { type AccountsContext, note, type Origin } from "../context.ts";
import {
  emailKey,
  findPersonByEmail,
  getPerson,
  lockPasswordHash,
  type PersonRow,
  updatePerson,
} from "../people/account-store.ts";
import type { SessionService, Tokens } from "../sessions/session-service.ts";
import { type Attempt, LoginThrottle } from "./login-throttle.ts";

/** E-mail and password → session, with the same cost and answer for every kind of wrong. */
export class LoginService {
  readonly #context: AccountsContext;
  readonly #sessions: SessionService;
  readonly #throttle: LoginThrottle;
  readonly #knownKey: Uint8Array;

  constructor(context: AccountsContext, sessions: SessionService) {
    this.#context = context;
    this.#sessions = sessions;
    this.#throttle = new LoginThrottle(context.clock);
    this.#knownKey = deriveKey(context.masterKey, "accounts/known-browser");
  }

  /** Fails with auth.throttled or auth.invalid_credentials. `knownCookie` is what an earlier log-in left in the browser. */
  async login(
    email: string,
    password: string,
    knownCookie: string | undefined,
    origin: Origin,
  ): Promise<{ readonly person: PersonRow; readonly tokens: Tokens }> {
    const typed = email.trim();
    const knownDevice = this.#knownDevice(knownCookie, typed);
    const attempt: Attempt = { emailKey: emailKey(typed), address: origin.address, knownDevice };
    const refused = (person: PersonRow | undefined, reason: string): Promise<void> =>
      this.#noteRefused("login", person, typed, reason, origin);
    await this.#assertMayTry(attempt, () => refused(undefined, "throttled"));
    const person = await findPersonByEmail(this.#context.db, typed);
    const isRight = await verifyPassword(person?.password_hash, password);
    const tokens = person !== undefined && isRight ? await this.#letIn(person, password, origin) : undefined;
    if (person === undefined || tokens === undefined) {
      await refused(person, "credentials");
      throw new AppError("auth.invalid_credentials");
    }
    this.#throttle.succeed(attempt);
    return { person, tokens };
  }

  /** Every other session ends. Fails with auth.invalid_credentials, auth.throttled or auth.password_weak. */
  async changePassword(
    { tenantId, personId, sessionId }: PersonPrincipal,
    current: string,
    next: string,
    origin: Origin,
  ): Promise<void> {
    const { db, passwords } = this.#context;
    const person = await getPerson(db, tenantId, personId);
    const { name, email, email_key, password_hash } = person;
    const refused = (reason: string): Promise<void> =>
      this.#noteRefused("password_changed", person, email, reason, origin);
    const attempt = { emailKey: email_key, address: origin.address, knownDevice: `session ${personId}` };
    await this.#assertMayTry(attempt, () => refused("throttled"));
    if (!(await verifyPassword(password_hash, current))) {
      await refused("credentials");
      throw new AppError("auth.invalid_credentials");
    }
    this.#throttle.succeed(attempt);
    await passwords.assertStrong(next, [name, email, this.#context.organisation(tenantId)]);
    const nextHash = await hashPassword(next);
    await this.#sessions.end({ tenantId, personId }, { except: sessionId }, async (tx) => {
      await updatePerson(tx, tenantId, personId, { password_hash: nextHash });
      const event = { tenantId, personId, kind: "password_changed", outcome: "ok", email } as const;
      await note(this.#context, tx, { ...event, ...origin });
    });
  }

  /** Undefined when the password was changed while this one was being checked: the old one must not leave a session. */
  async #letIn(person: PersonRow, password: string, origin: Origin): Promise<Tokens | undefined> {
    const { db, clock } = this.#context;
    const { id: personId, tenant_id: tenantId, email, password_hash } = person;
    const rehashed = needsRehash(password_hash) ? await hashPassword(password) : undefined;
    return db.transaction().execute(async (tx) => {
      if ((await lockPasswordHash(tx, personId)) !== password_hash) return undefined;
      const change = { last_login_at: new Date(clock.nowMs()), password_hash: rehashed };
      await updatePerson(tx, tenantId, personId, change);
      await note(this.#context, tx, { tenantId, personId, kind: "login", outcome: "ok", email, ...origin });
      return this.#sessions.open(tx, { tenantId, personId }, origin.client);
    });
  }

  /** Counts the attempt as a failure until it succeeds, so that many at once are many. */
  async #assertMayTry(attempt: Attempt, refused: () => Promise<void>): Promise<void> {
    const waitMs = this.#throttle.waitMs(attempt);
    if (waitMs === 0) {
      this.#throttle.fail(attempt);
      return;
    }
    await refused();
    throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
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

  #noteRefused(
    kind: AccessKind,
    person: PersonRow | undefined,
    email: string,
    reason: string,
    origin: Origin,
  ): Promise<void> {
    const who = { tenantId: person?.tenant_id, personId: person?.id };
    return note(this.#context, this.#context.db, {
      ...who,
      kind,
      outcome: "refused",
      reason,
      email,
      ...origin,
    });
  }
}
