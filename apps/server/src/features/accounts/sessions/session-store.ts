import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Selectable, sql } from "kysely";
import { runPrepared } from "../../../platform/database/index.ts";
import type { PersonRow } from "../people/account-store.ts";
import type { AccountsDatabase, AccountsTables } from "../tables.ts";

export type SessionRow = Selectable<AccountsTables["sessions"]>;

export interface NewSession {
  readonly id: Uuid;
  readonly personId: Uuid;
  readonly client: string;
  /** Sealed. */
  readonly address: Uint8Array;
  readonly steppedUp: boolean;
  readonly refreshHash: string;
}

export async function insertSession(
  db: AccountsDatabase,
  { id, personId, client, address, steppedUp, refreshHash }: NewSession,
  nowMs: UnixMs,
  expiresMs: UnixMs,
): Promise<void> {
  const now = new Date(nowMs);
  await db
    .insertInto("sessions")
    .values({
      id,
      person_id: personId,
      client,
      created_at: now,
      last_used_at: now,
      expires_at: new Date(expiresMs),
      refresh_hash: refreshHash,
      rotated_at: now,
      address,
      step_up_at: steppedUp ? now : null,
    })
    .execute();
}

/** Ends a person's live sessions but the `keep` used last; answers which. */
export async function endSessionsBeyond(
  db: AccountsDatabase,
  personId: Uuid,
  keep: number,
  nowMs: UnixMs,
): Promise<Uuid[]> {
  const surplus = db
    .selectFrom("sessions")
    .select("id")
    .where("person_id", "=", personId)
    .where("ended_at", "is", null)
    .orderBy("last_used_at", "desc")
    .orderBy("id", "desc")
    .offset(keep);
  const ended = await db
    .updateTable("sessions")
    .set({ ended_at: new Date(nowMs) })
    .where("id", "in", surplus)
    .returning("id")
    .execute();
  return ended.map(({ id }) => id);
}

export type LiveSession = PersonRow & {
  readonly lastUsedMs: UnixMs;
  readonly stepUpMs: UnixMs | undefined;
  readonly generation: number;
  /** The person has a second factor; recovery codes alone are none. */
  readonly hasFactor: boolean;
};

/**
 * The live session with its person; undefined when it ended, expired or never was, or the account is not active.
 * `alsoOver`: whether or not it ended or expired.
 */
export async function findLiveSession(
  db: AccountsDatabase,
  sessionId: Uuid,
  nowMs: UnixMs,
  alsoOver = false,
): Promise<LiveSession | undefined> {
  const query = db
    .selectFrom("sessions")
    .innerJoin("people", "people.id", "sessions.person_id")
    .selectAll("people")
    .select(["sessions.last_used_at", "sessions.step_up_at", "sessions.generation"])
    .select((select) =>
      select
        .or([
          select.exists(select.selectFrom("passkeys").select("id").whereRef("person_id", "=", "people.id")),
          select.exists(
            select.selectFrom("totp_secrets").select("person_id").whereRef("person_id", "=", "people.id"),
          ),
          select.exists(
            select.selectFrom("sent_code_factors").select("medium").whereRef("person_id", "=", "people.id"),
          ),
        ])
        .as("has_factor"),
    )
    .where("people.state", "=", "active")
    .where("sessions.id", "=", sessionId)
    .$if(!alsoOver, (live) =>
      live.where("sessions.ended_at", "is", null).where("sessions.expires_at", ">", new Date(nowMs)),
    );
  // In the way of every request.
  const [row] = await runPrepared(db, query);
  if (row === undefined) return undefined;
  const { last_used_at, step_up_at, generation, has_factor, ...person } = row;
  return {
    ...person,
    lastUsedMs: last_used_at.getTime(),
    stepUpMs: step_up_at?.getTime(),
    generation,
    hasFactor: Boolean(has_factor),
  };
}

/** Any state, locked until the transaction ends: two refreshes of one session follow each other. */
export async function lockSession(tx: AccountsDatabase, sessionId: Uuid): Promise<SessionRow | undefined> {
  return tx.selectFrom("sessions").selectAll().where("id", "=", sessionId).forUpdate().executeTakeFirst();
}

export async function rotateSession(
  tx: AccountsDatabase,
  session: SessionRow,
  refreshHash: string,
  address: Uint8Array,
  nowMs: UnixMs,
  expiresMs: UnixMs,
): Promise<void> {
  const now = new Date(nowMs);
  await tx
    .updateTable("sessions")
    .set({
      address,
      refresh_hash: refreshHash,
      previous_hash: session.refresh_hash,
      rotated_at: now,
      last_used_at: now,
      expires_at: new Date(expiresMs),
    })
    .where("id", "=", session.id)
    .execute();
}

export async function sessionStartedMs(db: AccountsDatabase, sessionId: Uuid): Promise<UnixMs | undefined> {
  const row = await db
    .selectFrom("sessions")
    .select("created_at")
    .where("id", "=", sessionId)
    .executeTakeFirst();
  return row?.created_at.getTime();
}

/** Access tokens of before are worth nothing from here on; answers the new generation. */
export async function nextGeneration(tx: AccountsDatabase, { id, generation }: SessionRow): Promise<number> {
  const next = generation + 1;
  await tx.updateTable("sessions").set({ generation: next }).where("id", "=", id).execute();
  return next;
}

export async function touchSession(
  db: AccountsDatabase,
  sessionId: Uuid,
  address: Uint8Array | undefined,
  nowMs: UnixMs,
): Promise<void> {
  await db
    .updateTable("sessions")
    .set({ last_used_at: new Date(nowMs), ...(address === undefined ? {} : { address }) })
    .where("id", "=", sessionId)
    .execute();
}

/** A second factor was given in this session just now. */
export async function stepUpSession(db: AccountsDatabase, sessionId: Uuid, nowMs: UnixMs): Promise<void> {
  await db
    .updateTable("sessions")
    .set({ step_up_at: new Date(nowMs) })
    .where("id", "=", sessionId)
    .execute();
}

/** Ends live sessions of a person: one, or all but one; answers which. */
export async function endSessions(
  db: AccountsDatabase,
  personId: Uuid,
  which: { readonly only?: Uuid; readonly except?: Uuid },
  nowMs: UnixMs,
): Promise<Uuid[]> {
  let query = db
    .updateTable("sessions")
    .set({ ended_at: new Date(nowMs) })
    .where("person_id", "=", personId)
    .where("ended_at", "is", null);
  if (which.only !== undefined) query = query.where("id", "=", which.only);
  if (which.except !== undefined) query = query.where("id", "<>", which.except);
  return (await query.returning("id").execute()).map(({ id }) => id);
}

/** Ends sessions whose time is over; answers whose they were. */
export async function endExpiredSessions(
  tx: AccountsDatabase,
  nowMs: UnixMs,
): Promise<{ readonly id: Uuid; readonly personId: Uuid; readonly tenantId: Uuid }[]> {
  const now = new Date(nowMs);
  return tx
    .updateTable("sessions")
    .from("people")
    .set({ ended_at: now })
    .whereRef("people.id", "=", "sessions.person_id")
    .where("sessions.ended_at", "is", null)
    .where("sessions.expires_at", "<=", now)
    .returning(["sessions.id", "people.id as personId", "people.tenant_id as tenantId"])
    .execute();
}

/** Ends every live session of every person. */
export async function endAllSessions(db: AccountsDatabase, nowMs: UnixMs): Promise<void> {
  await db
    .updateTable("sessions")
    .set({ ended_at: new Date(nowMs) })
    .where("ended_at", "is", null)
    .execute();
}

/** Of these the ones that live. */
export async function liveSessions(
  db: AccountsDatabase,
  sessionIds: readonly Uuid[],
  nowMs: UnixMs,
): Promise<ReadonlySet<Uuid>> {
  if (sessionIds.length === 0) return new Set();
  const rows = await db
    .selectFrom("sessions")
    .select("id")
    .where("id", "in", [...sessionIds])
    .where("ended_at", "is", null)
    .where("expires_at", ">", new Date(nowMs))
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export async function listLiveSessions(
  db: AccountsDatabase,
  personId: Uuid,
  nowMs: UnixMs,
): Promise<SessionRow[]> {
  return db
    .selectFrom("sessions")
    .selectAll()
    .where("person_id", "=", personId)
    .where("ended_at", "is", null)
    .where("expires_at", ">", new Date(nowMs))
    .orderBy("last_used_at", "desc")
    .orderBy("id", "desc")
    .execute();
}

/** Rows of sessions that have been over for a while. */
export async function deleteOldSessions(db: AccountsDatabase, beforeMs: UnixMs): Promise<void> {
  const before = new Date(beforeMs);
  await sql`delete from sessions where ended_at < ${before} or expires_at < ${before}`.execute(db);
}
