import { AppError } from "@gatehouse/base";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { hashPassword, sha256Hex, verifyPassword } from "../../../platform/secrets/index.ts";
import type { AccountsContext, Origin } from "../context.ts";
import { deleteLoginCeremonies } from "../factors/ceremony-store.ts";
import type { LoginThrottle } from "../login/login-throttle.ts";
import { endLinks, lockLink } from "../login/mail-request-store.ts";
import type { Refusal, Refusals } from "../login/refusals.ts";
import type { Teller } from "../messages/teller.ts";
import { getPerson, lockPerson, type PersonRow, updatePerson } from "../people/account-store.ts";
import type { SessionService, Which } from "../sessions/session-service.ts";
import type { AccountsDatabase } from "../tables.ts";

export interface PasswordParts {
  readonly sessions: SessionService;
  readonly throttle: LoginThrottle;
  readonly refusals: Refusals;
  readonly teller: Teller;
}

/** Changing one's own password, and setting a new one with a mailed link. */
export class PasswordService {
  readonly #context: AccountsContext;
  readonly #parts: PasswordParts;

  constructor(context: AccountsContext, parts: PasswordParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Every other session ends. Fails with auth.invalid_credentials, auth.throttled or auth.password_weak. */
  async change(
    { tenantId, personId, sessionId }: PersonPrincipal,
    current: string,
    next: string,
    origin: Origin,
  ): Promise<void> {
    const person = await getPerson(this.#context.db, tenantId, personId);
    await this.assertPassword(person, current, "password_change", origin);
    const nextHash = await this.#hashStrong(person, next);
    await this.#parts.sessions.end({ tenantId, personId }, { except: sessionId }, async (tx) => {
      const now = await lockPerson(tx, personId);
      if (now?.password_hash !== person.password_hash) throw new AppError("request.conflict");
      await this.#put(tx, person, nextHash, "password.changed");
    });
    this.#parts.teller.wake();
  }

  /** Every session ends; second factors stay. Fails with auth.link_invalid or auth.password_weak: the link then stays good. */
  async reset(token: string, next: string): Promise<void> {
    const { db } = this.#context;
    const tokenHash = sha256Hex(token);
    const person = await db.transaction().execute((tx) => this.#personOfLink(tx, tokenHash));
    const nextHash = await this.#hashStrong(person, next);
    const who = { tenantId: person.tenant_id, personId: person.id };
    await this.#parts.sessions.end(who, {} satisfies Which, async (tx) => {
      await this.#personOfLink(tx, tokenHash);
      await this.#put(tx, person, nextHash, "password.reset");
    });
    this.#parts.teller.wake();
  }

  /** Fails with auth.throttled or auth.invalid_credentials; the budget is the session's own. */
  async assertPassword(
    person: PersonRow,
    password: string,
    act: Refusal["act"],
    origin: Origin,
  ): Promise<void> {
    const { throttle, refusals } = this.#parts;
    const attempt = {
      emailKey: person.email_key,
      address: origin.address,
      knownDevice: `session ${person.id}`,
    };
    const refused = (reason: Refusal["reason"]): Promise<void> =>
      refusals.note({ act, person, email: person.email, reason, origin });
    const waitMs = throttle.waitMs(attempt);
    if (waitMs > 0) {
      await refused("throttled");
      throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    }
    throttle.fail(attempt);
    if (!(await verifyPassword(person.password_hash, password))) {
      await refused("credentials");
      throw new AppError("auth.invalid_credentials");
    }
    throttle.succeed(attempt);
  }

  async #hashStrong({ tenant_id, name, email }: PersonRow, next: string): Promise<string> {
    const { organisation, passwords, passwordRules } = this.#context;
    await passwords.assertStrong(next, [name, email, organisation(tenant_id)], passwordRules(tenant_id));
    return hashPassword(next);
  }

  /** A half-done log-in with the old password and open links come to nothing. */
  async #put(
    tx: AccountsDatabase,
    person: PersonRow,
    passwordHash: string,
    kind: "password.changed" | "password.reset",
  ): Promise<void> {
    const { id: personId, tenant_id: tenantId } = person;
    await updatePerson(tx, tenantId, personId, { password_hash: passwordHash });
    await deleteLoginCeremonies(tx, personId);
    await endLinks(tx, personId);
    await this.#context.audit.record(tx, {
      kind,
      tenantId,
      actor: { kind: "person", id: personId, tenantId },
      subject: { kind: "person", id: personId },
    });
    await this.#parts.teller.mail(tx, person, { purpose: "password_changed" });
  }

  async #personOfLink(tx: AccountsDatabase, tokenHash: string): Promise<PersonRow> {
    const link = await lockLink(tx, "reset", tokenHash, this.#context.clock.nowMs());
    const person = link?.person_id == null ? undefined : await lockPerson(tx, link.person_id);
    if (person?.state !== "active") throw new AppError("auth.link_invalid");
    return person;
  }
}
