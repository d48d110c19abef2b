import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import { deriveKey, equalConstantTime } from "../../../platform/secrets/index.ts";
import { ACCESS_LIFETIME_MS, type AccountsContext, AUDIENCE, type Origin } from "../context.ts";
import { getPersonById, lockPerson, type PersonRow } from "../people/account-store.ts";
import type { AccountsDatabase } from "../tables.ts";
import { RefreshSecrets } from "./refresh-secret.ts";
import { SessionAddresses } from "./session-addresses.ts";
import {
  endAllSessions,
  endExpiredSessions,
  endSessions,
  endSessionsBeyond,
  findLiveSession,
  insertSession,
  listLiveSessions,
  lockSession,
  nextGeneration,
  rotateSession,
  type SessionRow,
  sessionStartedMs,
  stepUpSession,
  touchSession,
} from "./session-store.ts";

/** Without use a session ends after this, and in any case after the second. */
const IDLE_MS = 14 * 86_400_000;
const LONGEST_MS = 90 * 86_400_000;
/** Tabs of one browser may send the same refresh secret at the same time (RFC 9700 §4.14.2). */
const REUSE_GRACE_MS = 10_000;
const TOUCH_EVERY_MS = 60_000;
/** Of one person; the list shows them all, and the longest unused one makes room. */
export const MAX_SESSIONS = 50;

export interface Tokens {
  readonly sessionId: Uuid;
  readonly access: string;
  /** Absent when another tab has just got the new one. */
  readonly refresh?: string;
  /** When this session last gave a second factor. */
  readonly stepUpMs?: UnixMs | undefined;
}

export interface Authenticated {
  readonly person: PersonRow;
  readonly sessionId: Uuid;
  /** When this session last gave a second factor. */
  readonly stepUpMs: UnixMs | undefined;
  readonly hasFactor: boolean;
}

export interface Who {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
}

/** The cookies of a session as a browser sends them. */
export interface HeldCookies {
  readonly access: string | undefined;
  readonly refresh: string | undefined;
}

/** Which of a person's sessions. */
export interface Which {
  readonly only?: Uuid;
  readonly except?: Uuid;
}

/** Sessions: made at log-in, asked at every request, renewed by a secret that changes each time. */
export class SessionService {
  readonly #context: AccountsContext;
  readonly #secrets: RefreshSecrets;
  readonly #addresses: SessionAddresses;

  constructor(context: AccountsContext) {
    this.#context = context;
    this.#secrets = new RefreshSecrets(deriveKey(context.masterKey, "accounts/refresh"), context.random);
    this.#addresses = new SessionAddresses(context.masterKey, context.random);
  }

  /** Within the transaction that lets the person in; `steppedUp` when that took a second factor. */
  async open(tx: AccountsDatabase, person: Who, origin: Origin, steppedUp: boolean): Promise<Tokens> {
    const { clock, random } = this.#context;
    const { personId } = person;
    const nowMs = clock.nowMs();
    const sessionId = newUuid(clock, random);
    const secret = this.#secrets.issue(sessionId);
    await insertSession(
      tx,
      {
        id: sessionId,
        personId,
        client: origin.client,
        address: this.#addresses.seal(sessionId, origin.address),
        steppedUp,
        refreshHash: secret.hash,
      },
      nowMs,
      nowMs + IDLE_MS,
    );
    const surplus = await endSessionsBeyond(tx, personId, MAX_SESSIONS, nowMs);
    for (const id of surplus) await this.#record(tx, "session.ended", person, id, { surplus: true });
    this.#announce(person, surplus);
    const access = await this.#sign(personId, sessionId, 0);
    return { sessionId, access, refresh: secret.cookie, ...(steppedUp ? { stepUpMs: nowMs } : {}) };
  }

  /** The person of an access token whose session is live; undefined for anything that is no token of ours. Fails with auth.session_ended. */
  async authenticate(token: string, address?: string): Promise<Authenticated | undefined> {
    const { tokens, db, clock, controls } = this.#context;
    const claims = await tokens.verify(token, AUDIENCE);
    if (claims === undefined) return undefined;
    const found = await findLiveSession(db, claims.sessionId, clock.nowMs(), !controls.sessionRow);
    if (found === undefined || found.id !== claims.accountId) throw new AppError("auth.session_ended");
    if (found.generation !== claims.generation) return undefined;
    if (clock.nowMs() - found.lastUsedMs > TOUCH_EVERY_MS)
      await touchSession(db, claims.sessionId, this.#sealed(claims.sessionId, address), clock.nowMs());
    const { stepUpMs, hasFactor } = found;
    return { person: found, sessionId: claims.sessionId, stepUpMs, hasFactor };
  }

  /** New tokens for a refresh cookie. Fails with auth.session_ended; a secret used again ends the session. */
  async refresh(
    cookie: string | undefined,
    origin: Origin,
  ): Promise<Tokens & { readonly person: PersonRow }> {
    const given = this.#secrets.read(cookie);
    if (given === undefined) throw new AppError("auth.session_ended");
    const { sessionId } = given;
    const next = this.#secrets.issue(sessionId);
    const outcome = await this.#context.db.transaction().execute(async (tx) => {
      const session = await lockSession(tx, sessionId);
      const nowMs = this.#context.clock.nowMs();
      if (session === undefined || session.ended_at !== null || session.expires_at.getTime() <= nowMs)
        return undefined;
      const person = await getPersonById(tx, session.person_id);
      if (person.state !== "active") return undefined;
      const use = judgeUse(session, given.hash, nowMs);
      const isTheft = use === "again" && this.#context.controls.refreshFamily;
      if (use === "current") await this.#rotate(tx, session, next.hash, origin, nowMs);
      if (isTheft) await this.#endByReuse(tx, person, sessionId, nowMs);
      return {
        use,
        isTheft,
        person,
        generation: session.generation,
        stepUpMs: session.step_up_at?.getTime(),
      };
    });
    if (outcome === undefined) throw new AppError("auth.session_ended");
    const { person, use, isTheft, generation, stepUpMs } = outcome;
    if (isTheft) this.#announce({ tenantId: person.tenant_id, personId: person.id }, [sessionId]);
    if (use === "again") throw new AppError("auth.session_ended");
    return {
      person,
      stepUpMs,
      sessionId,
      access: await this.#sign(person.id, sessionId, generation),
      ...(use === "current" ? { refresh: next.cookie } : {}),
    };
  }

  async list(personId: Uuid, personName: string, current: Uuid): Promise<accounts.Session[]> {
    const rows = await listLiveSessions(this.#context.db, personId, this.#context.clock.nowMs());
    return rows.map((row) => ({
      id: row.id,
      current: row.id === current,
      personId,
      personName,
      client: row.client,
      createdMs: row.created_at.getTime(),
      ...this.#addresses.view(row),
      lastUsedMs: row.last_used_at.getTime(),
      expiresMs: row.expires_at.getTime(),
    }));
  }

  /** Ends sessions now, also on open live connections; `alongside` is done in the same transaction. Answers how many. */
  async end(who: Who, which: Which, alongside?: (tx: AccountsDatabase) => Promise<void>): Promise<number> {
    const { db, clock } = this.#context;
    const ended = await db.transaction().execute(async (tx) => {
      // Person before session, as a log-in takes them.
      await lockPerson(tx, who.personId);
      const ids = await endSessions(tx, who.personId, which, clock.nowMs());
      for (const id of ids) await this.#record(tx, "session.ended", who, id);
      await alongside?.(tx);
      return ids;
    });
    this.#announce(who, ended);
    return ended.length;
  }

  /** Ends the session of whoever holds these cookies, also when the access token has run out meanwhile. */
  async endHeld({ access, refresh }: HeldCookies): Promise<void> {
    const { db, clock, tokens } = this.#context;
    const sessionId =
      this.#secrets.read(refresh)?.sessionId ??
      (access === undefined ? undefined : (await tokens.verify(access, AUDIENCE))?.sessionId);
    const person = sessionId === undefined ? undefined : await findLiveSession(db, sessionId, clock.nowMs());
    if (sessionId === undefined || person === undefined) return;
    await this.end({ tenantId: person.tenant_id, personId: person.id }, { only: sessionId });
  }

  /** A second factor was given just now: what needs one may be done for a while. Answers when. */
  async stepUp(tx: AccountsDatabase, who: Who, sessionId: Uuid, factor: string): Promise<UnixMs> {
    const nowMs = this.#context.clock.nowMs();
    await stepUpSession(tx, sessionId, nowMs);
    await this.#record(tx, "session.stepped_up", who, sessionId, { factor });
    return nowMs;
  }

  /**
   * New cookies for a session whose person has just proved who they are: what somebody copied before is refused, the
   * access token at once and the refresh secret as a used one is.
   */
  async renew(tx: AccountsDatabase, personId: Uuid, sessionId: Uuid, origin: Origin): Promise<Tokens> {
    const nowMs = this.#context.clock.nowMs();
    const session = await lockSession(tx, sessionId);
    if (session === undefined || session.ended_at !== null) throw new AppError("auth.session_ended");
    const generation = await nextGeneration(tx, session);
    const access = await this.#sign(personId, sessionId, generation);
    // Another tab has just got a new secret: a second one could reach the browser before the first.
    if (nowMs - session.rotated_at.getTime() <= REUSE_GRACE_MS) return { sessionId, access };
    const next = this.#secrets.issue(sessionId);
    await this.#rotate(tx, session, next.hash, origin, nowMs);
    return { sessionId, access, refresh: next.cookie };
  }

  /** Whether the person has proved within the last minutes who they are: by logging in, or within the session. */
  async assertFresh(sessionId: Uuid, stepUpMs: UnixMs | undefined): Promise<void> {
    const { db, clock } = this.#context;
    const startedMs = await sessionStartedMs(db, sessionId);
    const provenMs = Math.max(startedMs ?? 0, stepUpMs ?? 0);
    if (clock.nowMs() - provenMs > accounts.STEP_UP_MS) throw new AppError("auth.step_up_required");
  }

  #rotate(
    tx: AccountsDatabase,
    session: SessionRow,
    hash: string,
    { address }: Origin,
    nowMs: UnixMs,
  ): Promise<void> {
    const expiresMs = Math.min(nowMs + IDLE_MS, session.created_at.getTime() + LONGEST_MS);
    return rotateSession(tx, session, hash, this.#addresses.seal(session.id, address), nowMs, expiresMs);
  }

  /** What is over at its next request is over on open connections too, which make none. */
  async endExpired(): Promise<void> {
    const { db, clock } = this.#context;
    const ended = await db.transaction().execute(async (tx) => {
      const expired = await endExpiredSessions(tx, clock.nowMs());
      for (const { id, ...who } of expired)
        await this.#record(tx, "session.ended", who, id, { expired: true });
      return expired;
    });
    for (const { id, ...who } of ended) this.#announce(who, [id]);
  }

  /** At a start, when nobody is connected yet. */
  async endAll(): Promise<void> {
    await endAllSessions(this.#context.db, this.#context.clock.nowMs());
  }

  #sealed(sessionId: Uuid, address: string | undefined): Uint8Array | undefined {
    return address === undefined ? undefined : this.#addresses.seal(sessionId, address);
  }

  #record(
    tx: AccountsDatabase,
    kind: "session.ended" | "session.stepped_up" | "session.theft_suspected",
    { tenantId, personId }: Who,
    sessionId: Uuid,
    data: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    return this.#context.audit.record(tx, {
      kind,
      tenantId,
      subject: { kind: "session", id: sessionId },
      data: { personId, ...data },
    });
  }

  #sign(accountId: Uuid, sessionId: Uuid, generation: number): Promise<string> {
    return this.#context.tokens.sign({ accountId, sessionId, generation }, AUDIENCE, ACCESS_LIFETIME_MS);
  }

  async #endByReuse(
    tx: AccountsDatabase,
    { tenant_id: tenantId, id: personId }: PersonRow,
    sessionId: Uuid,
    nowMs: UnixMs,
  ): Promise<void> {
    this.#context.log.warn({ personId, sessionId }, "session.refresh_reused");
    await endSessions(tx, personId, { only: sessionId }, nowMs);
    await this.#record(tx, "session.theft_suspected", { tenantId, personId }, sessionId);
  }

  #announce({ tenantId, personId }: Who, sessionIds: readonly Uuid[]): void {
    for (const sessionId of sessionIds)
      this.#context.bus.publish("session.ended", { tenantId, personId, sessionId });
  }
}

/** Whose an issued secret is: the browser's, its other tab's, or one that was used before. */
function judgeUse(session: SessionRow, hash: string, nowMs: UnixMs): "current" | "tab" | "again" {
  if (equalConstantTime(hash, session.refresh_hash)) return "current";
  const isPrevious = session.previous_hash !== null && equalConstantTime(hash, session.previous_hash);
  return isPrevious && nowMs - session.rotated_at.getTime() <= REUSE_GRACE_MS ? "tab" : "again";
}
