import { AppError, type Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import type { AccountsContext } from "../context.ts";
import type { Teller } from "../messages/teller.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { AccountsDatabase } from "../tables.ts";
import { findPersonById, type PersonRow } from "./account-store.ts";
import {
  deleteErasure,
  erasePersonRow,
  findErasure,
  finishErasure,
  listDueErasures,
  listErased,
  putErasure,
} from "./erase-store.ts";
import { ErasureList } from "./erasure-list.ts";
import type { Languages } from "./languages.ts";
import { assertOtherOwner, lockPersonIn } from "./people-store.ts";
import { openPersonal, type PersonalData } from "./personal-data.ts";

const DAY_MS = 86_400_000;
/** Time to withdraw one's own erasure: whoever holds a stolen session must not be able to destroy an account at once. */
export const GRACE_MS = 3 * DAY_MS;
/** People who were turned away are forgotten after this. */
const REJECTED_KEPT_MS = 30 * DAY_MS;

export const viewErasure = (row: Awaited<ReturnType<typeof findErasure>>): accounts.Erasure | undefined =>
  row && {
    state: row.done_at === null ? "requested" : "done",
    requestedMs: row.requested_at.getTime(),
    requestedBy: row.requested_by,
    dueMs: row.due_at.getTime(),
    kept: row.kept,
    ...(row.done_at === null ? {} : { doneMs: row.done_at.getTime() }),
  };

/** Erasure of people: requested → done. What is personal is deleted, the row stays for what points to it. */
export class Eraser {
  readonly #context: AccountsContext;
  readonly #data: PersonalData;
  readonly #teller: Teller;
  readonly #sessions: SessionService;
  readonly #languages: Languages;
  readonly #list: ErasureList;

  constructor(
    context: AccountsContext,
    parts: {
      readonly data: PersonalData;
      readonly teller: Teller;
      readonly sessions: SessionService;
      readonly languages: Languages;
    },
  ) {
    this.#context = context;
    this.#data = parts.data;
    this.#teller = parts.teller;
    this.#sessions = parts.sessions;
    this.#languages = parts.languages;
    this.#list = new ErasureList(context.erasedIds);
  }

  /** By the person: happens after the time to withdraw. Fails with account.last_owner or account.state. */
  async request({ tenantId, personId }: PersonPrincipal): Promise<accounts.Erasure> {
    const { audit, clock, db } = this.#context;
    const nowMs = clock.nowMs();
    await db.transaction().execute(async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      if (person.state !== "active") throw new AppError("account.state", { state: person.state });
      if ((await findErasure(tx, personId)) !== undefined) throw new AppError("account.state");
      await assertOtherOwner(tx, person);
      await putErasure(tx, personId, "person", nowMs, nowMs + GRACE_MS);
      await audit.record(tx, { kind: "person.erasure_requested", tenantId, subject: subjectOf(person) });
      await this.#teller.mail(tx, person, { purpose: "erasure_requested", dueInMs: GRACE_MS });
    });
    this.#teller.wake();
    return {
      state: "requested",
      requestedMs: nowMs,
      requestedBy: "person",
      dueMs: nowMs + GRACE_MS,
      kept: [],
    };
  }

  /** Fails with account.state when none is under way. */
  async withdraw({ tenantId, personId }: PersonPrincipal): Promise<void> {
    const { audit, db } = this.#context;
    await db.transaction().execute(async (tx) => {
      if (!(await deleteErasure(tx, personId))) throw new AppError("account.state");
      const subject = { kind: "person", id: personId };
      await audit.record(tx, { kind: "person.erasure_withdrawn", tenantId, subject });
    });
  }

  /** At the start: whoever was erased and is back, from a backup, is erased again, without being told twice. */
  async eraseReturned(): Promise<void> {
    const { db, log } = this.#context;
    for (const personId of await this.#list.open(await listErased(db))) {
      const person = await findPersonById(db, personId);
      if (person === undefined || person.state === "erased") continue;
      log.warn({ personId }, "person.erased_again");
      await this.#end(person.tenant_id, personId, false).catch((error: unknown) =>
        log.error({ err: error, personId }, "person.erasure_failed"),
      );
    }
  }

  /** By an operator: now. Fails with account.not_found, account.own, account.last_owner or account.state. */
  async eraseNow(principal: PersonPrincipal, personId: Uuid): Promise<void> {
    if (personId === principal.personId) throw new AppError("account.own");
    await this.#end(principal.tenantId, personId);
  }

  /** Those that are due, each in a transaction of its own; one that fails is tried again next time. */
  async eraseDue(): Promise<void> {
    const { clock, db, log } = this.#context;
    const nowMs = clock.nowMs();
    for (const personId of await listDueErasures(db, nowMs, nowMs - REJECTED_KEPT_MS)) {
      const tenantId = (await findPersonById(db, personId))?.tenant_id;
      if (tenantId === undefined) continue;
      await this.#end(tenantId, personId).catch((error: unknown) =>
        log.error({ err: error, personId }, "person.erasure_failed"),
      );
    }
  }

  async #end(tenantId: Uuid, personId: Uuid, isTold = true): Promise<void> {
    await this.#sessions.end({ tenantId, personId }, {}, async (tx) => {
      const person = await lockPersonIn(tx, tenantId, personId);
      if (person.state === "erased") throw new AppError("account.state", { state: person.state });
      await assertOtherOwner(tx, person);
      await this.erase(tx, person, isTold);
    });
    await this.#list.add([personId]);
    await this.#languages.load();
    this.#teller.wake();
  }

  /** After the commit of an `erase` in somebody else's transaction: durable outside the database when it resolves. */
  async remember(): Promise<void> {
    await this.#list.add(await listErased(this.#context.db));
  }

  /** The person is told first; the words of that mail are wiped as of any other. */
  async erase(tx: AccountsDatabase, person: PersonRow, isTold = true): Promise<void> {
    const { audit, clock, holders } = this.#context;
    const who = { tenantId: person.tenant_id, personId: person.id };
    const nowMs = clock.nowMs();
    if ((await findErasure(tx, person.id)) === undefined)
      await putErasure(tx, person.id, "operator", nowMs, nowMs);
    const kept = new Set<string>();
    const { phone } = openPersonal(await this.#data.cipherOf(person.tenant_id), person, false);
    const texts = [person.email, ...(phone === undefined ? [] : [phone])];
    for (const holder of holders()) for (const code of await holder.erase(tx, who, texts)) kept.add(code);
    if (isTold) await this.#teller.mail(tx, person, { purpose: "erased", kept: [...kept] });
    await erasePersonRow(tx, person);
    await finishErasure(tx, person.id, nowMs, [...kept]);
    await audit.record(tx, {
      kind: "person.erased",
      tenantId: who.tenantId,
      subject: subjectOf(person),
      data: { kept: [...kept] },
    });
  }
}

const subjectOf = ({ id }: PersonRow): { kind: string; id: Uuid } => ({ kind: "person", id });
