import { AppError, type Uuid } from "@gatehouse/base";
import type { accounts, QueryOf, ReplyOf } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { findPersonById, getPerson } from "./account-store.ts";
import { findErasure } from "./erase-store.ts";
import { viewErasure } from "./eraser.ts";
import {
  assertOtherOwner,
  countByState,
  countLiveSessions,
  decide,
  isLastOwner,
  type ListedPerson,
  lockPersonIn,
  searchPeople,
} from "./people-store.ts";
import { identityIndex, openPersonal, type PersonalData, phoneIndex } from "./personal-data.ts";

const MAX_PAGE = 200;
/** Fewer are nobody's number. */
const MIN_DIGITS = 4;

export const viewEntry = (row: ListedPerson): accounts.PersonEntry => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  state: row.state,
  language: row.language,
  createdMs: row.created_at.getTime(),
  ...(row.last_login_at === null ? {} : { lastLoginMs: row.last_login_at.getTime() }),
  ...(row.due_at === null ? {} : { erasureDueMs: row.due_at.getTime() }),
});

/** Everybody of an organisation, and what is decided about them. */
export class PeopleService {
  readonly #context: AccountsContext;
  readonly #data: PersonalData;
  readonly #teller: Teller;
  readonly #sessions: SessionService;

  constructor(context: AccountsContext, data: PersonalData, teller: Teller, sessions: SessionService) {
    this.#context = context;
    this.#data = data;
    this.#teller = teller;
    this.#sessions = sessions;
  }

  async list(
    tenantId: Uuid,
    { q, state, role, sort = "name", limit = "50", offset = "0" }: QueryOf<typeof accounts.listPeople>,
  ): Promise<ReplyOf<typeof accounts.listPeople>> {
    const { db } = this.#context;
    const { items, total } = await searchPeople(db, tenantId, {
      q: q?.trim() ?? "",
      state,
      role,
      sort,
      limit: Math.min(MAX_PAGE, Math.max(1, Number(limit))),
      offset: Number(offset),
    });
    return { items: items.map(viewEntry), total, counts: await countByState(db, tenantId) };
  }

  /** By the whole of a phone or identity number. */
  async find(tenantId: Uuid, number: string): Promise<ReplyOf<typeof accounts.findPeople>> {
    if (number.replace(/\D/g, "").length < MIN_DIGITS) return { items: [] };
    const cipher = await this.#data.cipherOf(tenantId);
    const indexes = [phoneIndex(cipher, number), identityIndex(cipher, number)];
    const page = { sort: "name", limit: MAX_PAGE, offset: 0 } as const;
    const { items } = await searchPeople(this.#context.db, tenantId, { indexes, ...page });
    return { items: items.map(viewEntry) };
  }

  /** Phone, address and identity number are for those who decide about people; others see how they end. */
  async get({ tenantId, permissions }: PersonPrincipal, personId: Uuid): Promise<accounts.PersonDetail> {
    const { clock, db } = this.#context;
    const person = await getPerson(db, tenantId, personId);
    const erasure = await findErasure(db, personId);
    const masked = !permissions.has("people.approve") && !permissions.has("people.write");
    const decider = person.decided_by === null ? undefined : await findPersonById(db, person.decided_by);
    const due_at = erasure === undefined || erasure.done_at !== null ? null : erasure.due_at;
    const viewed = viewErasure(erasure);
    return {
      person: viewEntry({ ...person, due_at }),
      details: openPersonal(await this.#data.cipherOf(tenantId), person, masked),
      liveSessions: await countLiveSessions(db, personId, clock.nowMs()),
      isLastOwner: await isLastOwner(db, person),
      ...(viewed === undefined ? {} : { erasure: viewed }),
      ...(person.decided_at === null
        ? {}
        : {
            decision: {
              atMs: person.decided_at.getTime(),
              ...(decider?.tenant_id === tenantId && decider.name !== "" ? { by: decider.name } : {}),
              ...(person.decision_reason === null ? {} : { reason: person.decision_reason }),
            },
          }),
    };
  }

  /** Fails with account.not_found or account.state. */
  async approve({ tenantId, personId: by }: PersonPrincipal, personId: Uuid): Promise<void> {
    const { audit, clock, db, publicUrl } = this.#context;
    await db.transaction().execute(async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      assertState(person.state, "waiting");
      await decide(tx, personId, { state: "active", by }, clock.nowMs());
      await audit.record(tx, { kind: "person.approved", tenantId, subject: subjectOf(personId) });
      await this.#teller.mail(tx, person, { purpose: "approved", link: `${publicUrl()}/login` });
    });
    this.#teller.wake();
  }

  /** Fails with account.not_found or account.state. */
  async reject({ tenantId, personId: by }: PersonPrincipal, personId: Uuid, reason: string): Promise<void> {
    const { audit, clock, db } = this.#context;
    await db.transaction().execute(async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      assertState(person.state, "waiting");
      await decide(tx, personId, { state: "rejected", by, reason }, clock.nowMs());
      const event = { kind: "person.rejected", tenantId, subject: subjectOf(personId) } as const;
      await audit.record(tx, { ...event, personal: { reason } });
      await this.#teller.mail(tx, person, { purpose: "rejected", reason });
    });
    this.#teller.wake();
  }

  /** Every session ends. Fails with account.not_found, account.own, account.last_owner or account.state. */
  async disable(
    { tenantId, personId: by }: PersonPrincipal,
    personId: Uuid,
    reason: string | undefined,
  ): Promise<void> {
    const { audit, clock } = this.#context;
    if (personId === by) throw new AppError("account.own");
    await this.#sessions.end({ tenantId, personId }, {}, async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      assertState(person.state, "active");
      await assertOtherOwner(tx, person);
      await decide(tx, personId, { state: "disabled", by, reason }, clock.nowMs());
      const event = { kind: "person.disabled", tenantId, subject: subjectOf(personId) } as const;
      await audit.record(tx, reason === undefined ? event : { ...event, personal: { reason } });
    });
  }

  /** Fails with account.not_found or account.state. */
  async enable({ tenantId, personId: by }: PersonPrincipal, personId: Uuid): Promise<void> {
    const { audit, clock, db } = this.#context;
    await db.transaction().execute(async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      assertState(person.state, "disabled");
      await decide(tx, personId, { state: "active", by }, clock.nowMs());
      await audit.record(tx, { kind: "person.enabled", tenantId, subject: subjectOf(personId) });
    });
  }
}

function assertState(state: accounts.PersonState, wanted: accounts.PersonState): void {
  if (state !== wanted) throw new AppError("account.state", { state });
}

const subjectOf = (id: Uuid): { kind: string; id: Uuid } => ({ kind: "person", id });
