import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import type { accounts, BodyOf } from "@gatehouse/contract";
import { equalConstantTime, hashPassword, newToken, sha256Hex } from "../../platform/secrets/index.ts";
import {
  countPeople,
  deleteSetupToken,
  emailKey,
  insertPerson,
  insertTenant,
  lockSetupToken,
  putSetupToken,
} from "./account-store.ts";
import { type AccountsContext, note, type Origin } from "./context.ts";
import { assertStrongPassword } from "./password-policy.ts";

const TOKEN_BYTES = 24;

/** The first person: whoever holds the one-time link that the server printed. */
export class SetupService {
  readonly #context: AccountsContext;

  constructor(context: AccountsContext) {
    this.#context = context;
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
  async complete(
    body: BodyOf<typeof accounts.completeSetup>,
    origin: Origin,
  ): Promise<{ personId: Uuid; tenantId: Uuid }> {
    const { db, clock, random } = this.#context;
    await this.#assertToken(db, body.token);
    await assertStrongPassword(body.password, [body.name, body.email, body.organisation]);
    const passwordHash = await hashPassword(body.password);
    const tenantId = newUuid(clock, random);
    const personId = newUuid(clock, random);
    await db.transaction().execute(async (tx) => {
      await this.#assertToken(tx, body.token);
      await insertTenant(tx, { id: tenantId, name: body.organisation }, clock.nowMs());
      await insertPerson(tx, {
        id: personId,
        tenant_id: tenantId,
        name: body.name,
        email: body.email,
        email_key: emailKey(body.email),
        password_hash: passwordHash,
        role: "owner",
        language: body.language,
        created_at: new Date(clock.nowMs()),
      });
      await deleteSetupToken(tx);
    });
    await note(this.#context, {
      tenantId,
      personId,
      kind: "setup",
      outcome: "ok",
      email: body.email,
      ...origin,
    });
    await this.#context.onTenantCreated({
      tenantId,
      organisation: body.organisation,
      language: body.language,
    });
    return { personId, tenantId };
  }

  async #assertToken(db: AccountsContext["db"], token: string): Promise<void> {
    const hash = await lockSetupToken(db);
    if ((await countPeople(db)) > 0) throw new AppError("auth.setup_done");
    if (hash === undefined || !equalConstantTime(hash, sha256Hex(token)))
      throw new AppError("auth.setup_link_invalid");
  }
}
