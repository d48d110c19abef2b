import type { accounts } from "@gatehouse/contract";
import { RollingBudget } from "../../../platform/throttle/index.ts";
import type { AccountsContext, Origin } from "../context.ts";
import { readFactors } from "../factors/factor-store.ts";
import type { FirstStep } from "../factors/factor-tables.ts";
import type { SentCodes } from "../factors/sent-codes.ts";
import type { Teller } from "../messages/teller.ts";
import { type PersonRow, updatePerson } from "../people/account-store.ts";
import type { SessionService, Tokens } from "../sessions/session-service.ts";
import type { AccountsDatabase } from "../tables.ts";
import type { KnownBrowsers } from "./known-browsers.ts";
import { choicesAfter, type FactorKind } from "./login-model.ts";
import type { PendingLogins } from "./pending-logins.ts";

const HOUR_MS = 3_600_000;
/** Mails of a new browser to one person; a program that logs in without cookies makes each time a new one. */
const NOTICES_AN_HOUR = 5;

/** Where a log-in stands after a step, with what the browser is to keep. */
export type Step =
  | { readonly step: "done"; readonly person: PersonRow; readonly tokens: Tokens }
  | {
      readonly step: "factor_needed";
      readonly cookie: string;
      readonly factors: accounts.FactorChoice[];
      readonly expiresMs: number;
    };

/** The cookies that a log-in reads, and where the request comes from. */
export interface Visitor {
  readonly pending: string | undefined;
  readonly known: string | undefined;
  readonly link: string | undefined;
  readonly origin: Origin;
}

/** By what somebody was let in. */
export interface Proof {
  readonly first: FirstStep | "passkey";
  readonly factor?: FactorKind;
}

/** Decides after each step whether somebody is in; everything within the transaction of the step. */
export class Admission {
  readonly #context: AccountsContext;
  readonly #sessions: SessionService;
  readonly #pending: PendingLogins;
  readonly #sent: SentCodes;
  readonly #known: KnownBrowsers;
  readonly #teller: Teller;
  readonly #notices: RollingBudget;

  constructor(
    context: AccountsContext,
    parts: {
      readonly sessions: SessionService;
      readonly pending: PendingLogins;
      readonly sent: SentCodes;
      readonly known: KnownBrowsers;
      readonly teller: Teller;
    },
  ) {
    this.#context = context;
    this.#notices = new RollingBudget(context.clock, NOTICES_AN_HOUR, HOUR_MS);
    this.#sessions = parts.sessions;
    this.#pending = parts.pending;
    this.#sent = parts.sent;
    this.#known = parts.known;
    this.#teller = parts.teller;
  }

  /** In, or on to the second step. The person is locked by the caller. */
  async afterFirst(
    tx: AccountsDatabase,
    person: PersonRow,
    first: FirstStep,
    visitor: Visitor,
  ): Promise<Step> {
    const kinds = choicesAfter(first, person.role, await readFactors(tx, person.id));
    if (kinds.length === 0) return this.letIn(tx, person, { first }, visitor);
    const factors = await this.describe(person, kinds);
    const device = this.#known.find(visitor.known, person.email) ?? "";
    const { ceremony, cookie } = await this.#pending.begin(tx, person, first, device, visitor.pending);
    return { step: "factor_needed", cookie, factors, expiresMs: ceremony.expires_at.getTime() };
  }

  async choices(db: AccountsDatabase, person: PersonRow, first: FirstStep): Promise<accounts.FactorChoice[]> {
    const kinds = choicesAfter(first, person.role, await readFactors(db, person.id));
    return this.describe(person, kinds);
  }

  /** With where codes go; a phone that is not there any more is left out. */
  async describe(person: PersonRow, kinds: readonly FactorKind[]): Promise<accounts.FactorChoice[]> {
    const choices: accounts.FactorChoice[] = [];
    for (const factor of kinds) {
      if (factor !== "email" && factor !== "sms") choices.push({ factor });
      else {
        const target = await this.#sent.target(person, factor);
        if (target !== undefined) choices.push({ factor, hint: target.hint });
      }
    }
    return choices;
  }

  async letIn(tx: AccountsDatabase, person: PersonRow, proof: Proof, visitor: Visitor): Promise<Step> {
    const { audit, clock } = this.#context;
    const { id: personId, tenant_id: tenantId, email, last_login_at } = person;
    const { origin } = visitor;
    await updatePerson(tx, tenantId, personId, { last_login_at: new Date(clock.nowMs()) });
    const twoFactors = proof.factor !== undefined;
    const tokens = await this.#sessions.open(tx, { tenantId, personId }, origin, twoFactors);
    await audit.record(tx, {
      kind: "login.done",
      tenantId,
      actor: { kind: "person", id: personId, tenantId },
      subject: { kind: "session", id: tokens.sessionId },
      data: { ...proof },
    });
    const isNew = last_login_at !== null && this.#known.find(visitor.known, email) === undefined;
    if (isNew && this.#notices.takeOrWaitMs(personId) === 0)
      await this.#teller.mail(tx, person, { purpose: "new_browser", ...origin });
    return { step: "done", person, tokens };
  }
}
