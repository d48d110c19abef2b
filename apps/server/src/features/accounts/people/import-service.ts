import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import type { accounts, Role } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { isImportablePasswordHash } from "../../../platform/secrets/index.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import type { AccountsDatabase } from "../tables.ts";
import { emailKey, insertPerson } from "./account-store.ts";
import { checkImport, type ImportedPerson, type ImportProblem, type RawPerson } from "./import-check.ts";
import { listTakenEmails } from "./import-store.ts";
import type { Languages } from "./languages.ts";
import { type PersonalData, sealPersonal } from "./personal-data.ts";
import { newResetLink } from "./reset-link.ts";

/** Time to answer the mail of somebody who comes without a password. */
const WELCOME_MS = 14 * 86_400_000;

export interface ImportTools {
  readonly data: PersonalData;
  readonly teller: Teller;
  readonly languages: Languages;
}

/** Takes people over from another system: everybody, or with a problem in any line nobody. */
export class ImportService {
  readonly #context: AccountsContext;
  readonly #tools: ImportTools;

  constructor(context: AccountsContext, tools: ImportTools) {
    this.#context = context;
    this.#tools = tools;
  }

  async plan(principal: PersonPrincipal, raw: readonly RawPerson[]): Promise<accounts.ImportPlan> {
    return (await this.#checked(this.#context.db, principal, raw)).plan;
  }

  /** Fails with people.import_refused and the problems. */
  async run(principal: PersonPrincipal, raw: readonly RawPerson[]): Promise<accounts.ImportPlan> {
    const { audit, db } = this.#context;
    const { tenantId } = principal;
    await this.#tools.data.cipherOf(tenantId);
    const plan = await db.transaction().execute(async (tx) => {
      const { people, plan } = await this.#checked(tx, principal, raw);
      if (plan.problems.length > 0) throw new AppError("people.import_refused", { problems: plan.problems });
      for (const person of people) await this.#insert(tx, tenantId, person);
      const { withHash, withoutHash } = plan;
      const data = { people: plan.people, withHash, withoutHash };
      await audit.record(tx, { kind: "person.imported", tenantId, data });
      return plan;
    });
    await this.#tools.languages.load();
    this.#tools.teller.wake();
    return plan;
  }

  async #checked(
    db: AccountsDatabase,
    principal: PersonPrincipal,
    raw: readonly RawPerson[],
  ): Promise<{ readonly people: readonly ImportedPerson[]; readonly plan: accounts.ImportPlan }> {
    const { people, problems } = checkImport(raw, isImportablePasswordHash);
    const given = people.map(({ email }) => email ?? "");
    const taken = await listTakenEmails(db, given.map(emailKey));
    const beyond = await this.#rolesBeyond(principal, people);
    const found: ImportProblem[] = people.flatMap(({ email, role }, index) => [
      ...(email !== undefined && taken.has(emailKey(email))
        ? [{ line: index + 1, field: "email", code: "email_taken" as const }]
        : []),
      ...(role !== undefined && beyond.has(role)
        ? [{ line: index + 1, field: "role", code: "role_exceeds_own" as const }]
        : []),
    ]);
    const withHash = people.filter(({ passwordHash }) => passwordHash !== undefined).length;
    return {
      people,
      plan: {
        people: people.length,
        withHash,
        withoutHash: people.length - withHash,
        problems: [...problems, ...found].sort((a, b) => a.line - b.line).slice(0, 1_000),
      },
    };
  }

  async #rolesBeyond(
    principal: PersonPrincipal,
    people: readonly ImportedPerson[],
  ): Promise<ReadonlySet<string>> {
    const beyond = new Set<string>();
    for (const role of new Set(people.flatMap((person) => person.role ?? [])))
      await this.#context.roles.assertMayGive(principal, role, undefined).catch(() => beyond.add(role));
    return beyond;
  }

  async #insert(tx: AccountsDatabase, tenantId: Uuid, person: ImportedPerson): Promise<void> {
    const { clock, language, random } = this.#context;
    const id = newUuid(clock, random);
    const role: Role = person.role ?? "customer";
    const row = {
      id,
      tenant_id: tenantId,
      name: person.name,
      email: person.email,
      email_key: emailKey(person.email),
      password_hash: person.passwordHash ?? "",
      role,
      language: person.language ?? language(tenantId),
      state: "active" as const,
      created_at: new Date(clock.nowMs()),
    };
    const cipher = await this.#tools.data.cipherOf(tenantId);
    await insertPerson(tx, { ...row, ...sealPersonal(cipher, id, person) });
    if (person.passwordHash !== undefined) return;
    const link = await newResetLink(tx, this.#context, row, WELCOME_MS);
    await this.#tools.teller.mail(tx, row, { purpose: "welcome_import", link, validMs: WELCOME_MS });
  }
}
