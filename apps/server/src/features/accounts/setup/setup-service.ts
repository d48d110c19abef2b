import { AppError, isAppError, newUuid } from "@gatehouse/base";
import type { accounts, BodyOf } from "@gatehouse/contract";
import { recognise } from "../../../platform/audit/index.ts";
import { equalConstantTime, hashPassword, newToken, sha256Hex } from "../../../platform/secrets/index.ts";
import type { AccountsContext, Origin } from "../context.ts";
import { NO_RULES } from "../passwords/password-policy.ts";
import {
  countPeople,
  deleteSetupToken,
  deleteTenant,
  emailKey,
  insertPerson,
  insertTenant,
  lockSetupToken,
  putSetupToken,
} from "../people/account-store.ts";
import type { SessionService, Tokens, Who } from "../sessions/session-service.ts";
import type { AccountsDatabase } from "../tables.ts";

type SetupBody = BodyOf<typeof accounts.completeSetup>;

const TOKEN_BYTES = 24;

/** The first person: whoever holds the one-time link that the server printed. */
export class SetupService {
  readonly #context: AccountsContext;
  readonly #sessions: SessionService;

  constructor(context: AccountsContext, sessions: SessionService) {
    this.#context = context;
    this.#sessions = sessions;
  }

  async isNeeded(): Promise<boolean> {
    return (await countPeople(this.#context.db)) === 0;
  }

  /** A new token while there is no owner; the one before ends. */
  async ensureToken(): Promise<string | undefined> {
    if (!(await this.isNeeded())) return undefined;
    const token = newToken(this.#context.random, TOKEN_BYTES);
    await putSetupToken(this.#context.db, sha256Hex(token));
    return token;
  }

  /** Fails with auth.setup_done, auth.setup_link_invalid or auth.password_weak, and then changes nothing. */
  async complete(body: SetupBody, origin: Origin): Promise<Tokens & { readonly person: Who }> {
    const { db, clock, random, passwords } = this.#context;
    await this.#assertLink(body.token);
    await passwords.assertStrong(body.password, [body.name, body.email, body.organisation], NO_RULES);
    const passwordHash = await hashPassword(body.password);
    const person: Who = { tenantId: newUuid(clock, random), personId: newUuid(clock, random) };
    await db.transaction().execute(async (tx) => {
      await this.#assertToken(tx, body.token);
      await this.#insertOwner(tx, person, body, passwordHash);
      await deleteSetupToken(tx);
    });
    const actor = { kind: "person", id: person.personId, tenantId: person.tenantId } as const;
    recognise(actor);
    await this.#furnish(person, body);
    const tokens = await db.transaction().execute(async (tx) => {
      await this.#context.audit.record(tx, {
        kind: "installation.created",
        tenantId: person.tenantId,
        actor,
        subject: { kind: "person", id: person.personId },
        personal: { name: body.name, email: body.email },
      });
      return this.#sessions.open(tx, person, origin, false);
    });
    return { ...tokens, person };
  }

  async #insertOwner(
    tx: AccountsDatabase,
    { tenantId, personId }: Who,
    { organisation, name, email, language }: SetupBody,
    passwordHash: string,
  ): Promise<void> {
    const nowMs = this.#context.clock.nowMs();
    await insertTenant(tx, { id: tenantId, name: organisation }, nowMs);
    await insertPerson(tx, {
      id: personId,
      tenant_id: tenantId,
      name,
      email,
      email_key: emailKey(email),
      password_hash: passwordHash,
      role: "owner",
      language,
      created_at: new Date(nowMs),
    });
  }

  /** What other features keep for a tenant; without it there is no tenant, and the link works again. */
  async #furnish({ tenantId }: Who, { organisation, language, token }: SetupBody): Promise<void> {
    const { db, onTenantCreated } = this.#context;
    try {
      await onTenantCreated({ tenantId, organisation, language });
    } catch (error) {
      await db.transaction().execute(async (tx) => {
        await deleteTenant(tx, tenantId);
        await putSetupToken(tx, sha256Hex(token));
      });
      throw error;
    }
  }

  /** A wrong link is in the ledger, once there is somebody to read it. */
  async #assertLink(token: string): Promise<void> {
    const { db, audit } = this.#context;
    try {
      await this.#assertToken(db, token);
    } catch (error) {
      if (!isAppError(error)) throw error;
      await db.transaction().execute((tx) =>
        audit.record(tx, {
          kind: "login.refused",
          tenantId: undefined,
          outcome: "refused",
          data: { act: "setup", reason: "setup_link" },
        }),
      );
      throw error;
    }
  }

  async #assertToken(db: AccountsDatabase, token: string): Promise<void> {
    const hash = await lockSetupToken(db);
    if ((await countPeople(db)) > 0) throw new AppError("auth.setup_done");
    if (hash === undefined || !equalConstantTime(hash, sha256Hex(token)))
      throw new AppError("auth.setup_link_invalid");
  }
}
