import { AppError, isUuid, newUuid, type Uuid } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { equalConstantTime, newToken, sha256Hex } from "../../platform/secrets/index.ts";
import { getPersonById, type PersonRow } from "./account-store.ts";
import { ACCESS_LIFETIME_MS, type AccountsContext, AUDIENCE, note, type Origin } from "./context.ts";
import {
  endSessions,
  findLiveSession,
  insertSession,
  listLiveSessions,
  lockSession,
  rotateSession,
  type SessionRow,
  touchSession,
} from "./session-store.ts";

/** Without use a session ends after this, and in any case after the second. */
const IDLE_MS = 14 * 86_400_000;
const LONGEST_MS = 90 * 86_400_000;
/** Tabs of one browser may send the same refresh secret at the same time (RFC 9700 §4.14.2). */
const REUSE_GRACE_MS = 10_000;
const TOUCH_EVERY_MS = 60_000;
const SECRET_BYTES = 32;

export interface Tokens {
  readonly sessionId: Uuid;
  readonly access: string;
  /** Absent when another tab has just got the new one. */
  readonly refresh?: string;
}

/** Sessions: made at log-in, asked at every request, renewed by a secret that changes each time. */
export class SessionService {
  readonly #context: AccountsContext;

  constructor(context: AccountsContext) {
    this.#context = context;
  }

  async open(personId: Uuid, client: string): Promise<Tokens> {
    const { db, clock, random } = this.#context;
    const sessionId = newUuid(clock, random);
    const secret = newToken(random, SECRET_BYTES);
    const now = new Date(clock.nowMs());
    await insertSession(db, {
      id: sessionId,
      person_id: personId,
      client,
      created_at: now,
      last_used_at: now,
      expires_at: new Date(clock.nowMs() + IDLE_MS),
      ended_at: null,
      refresh_hash: sha256Hex(secret),
      previous_hash: null,
      rotated_at: now,
    });
    return { sessionId, access: await this.#sign(personId, sessionId), refresh: `${sessionId}.${secret}` };
  }

  /** The person of an access token whose session is live; undefined for anything that is no token of ours. Fails with auth.session_ended. */
  async authenticate(token: string): Promise<{ person: PersonRow; sessionId: Uuid } | undefined> {
    const { tokens, db, clock } = this.#context;
    const claims = await tokens.verify(token, AUDIENCE);
    if (claims === undefined) return undefined;
    const found = await findLiveSession(db, claims.sessionId, clock.nowMs());
    if (found === undefined || found.id !== claims.accountId) throw new AppError("auth.session_ended");
    if (clock.nowMs() - found.lastUsedMs > TOUCH_EVERY_MS)
      await touchSession(db, claims.sessionId, clock.nowMs());
    return { person: found, sessionId: claims.sessionId };
  }

  /** New tokens for a refresh cookie. Fails with auth.session_ended; a secret used again ends the session. */
  async refresh(cookie: string, origin: Origin): Promise<Tokens & { readonly personId: Uuid }> {
    const [sessionId = "", secret = ""] = cookie.split(".", 2);
    if (!isUuid(sessionId)) throw new AppError("auth.session_ended");
    const { db, random, clock } = this.#context;
    const next = newToken(random, SECRET_BYTES);
    const outcome = await db.transaction().execute(async (tx) => {
      const session = await lockSession(tx, sessionId);
      const nowMs = clock.nowMs();
      if (session === undefined || session.ended_at !== null || session.expires_at.getTime() <= nowMs)
        return undefined;
      const use = judgeSecret(session, sha256Hex(secret), nowMs);
      if (use === "current")
        await rotateSession(
          tx,
          session,
          sha256Hex(next),
          nowMs,
          Math.min(nowMs + IDLE_MS, session.created_at.getTime() + LONGEST_MS),
        );
      if (use === "reused") await endSessions(tx, session.person_id, { only: sessionId }, nowMs);
      return { use, session };
    });
    if (outcome === undefined || outcome.use === "foreign") throw new AppError("auth.session_ended");
    const personId = outcome.session.person_id;
    if (outcome.use === "reused") {
      await this.#endedByReuse(personId, sessionId, origin);
      throw new AppError("auth.session_ended");
    }
    const access = await this.#sign(personId, sessionId);
    return {
      personId,
      sessionId,
      access,
      ...(outcome.use === "current" ? { refresh: `${sessionId}.${next}` } : {}),
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
      lastUsedMs: row.last_used_at.getTime(),
      expiresMs: row.expires_at.getTime(),
    }));
  }

  /** Ends sessions now, also on open live connections; answers how many. */
  async end(
    tenantId: Uuid,
    personId: Uuid,
    which: { readonly only?: Uuid; readonly except?: Uuid },
  ): Promise<number> {
    const { db, clock, bus } = this.#context;
    const ended = await endSessions(db, personId, which, clock.nowMs());
    for (const sessionId of ended) bus.publish("session.ended", { tenantId, personId, sessionId });
    return ended.length;
  }

  #sign(accountId: Uuid, sessionId: Uuid): Promise<string> {
    return this.#context.tokens.sign({ accountId, sessionId }, AUDIENCE, ACCESS_LIFETIME_MS);
  }

  async #endedByReuse(personId: Uuid, sessionId: Uuid, origin: Origin): Promise<void> {
    const { db, bus, log } = this.#context;
    const { tenant_id: tenantId, email } = await getPersonById(db, personId);
    log.warn({ personId, sessionId }, "session.refresh_reused");
    await note(this.#context, {
      tenantId,
      personId,
      kind: "refresh_reuse",
      outcome: "refused",
      email,
      ...origin,
    });
    bus.publish("session.ended", { tenantId, personId, sessionId });
  }
}

/** What the holder of a refresh secret is: the browser, its other tab, somebody with a used secret, a stranger. */
function judgeSecret(
  session: SessionRow,
  hash: string,
  nowMs: number,
): "current" | "tab" | "reused" | "foreign" {
  if (equalConstantTime(hash, session.refresh_hash)) return "current";
  if (session.previous_hash === null || !equalConstantTime(hash, session.previous_hash)) return "foreign";
  return nowMs - session.rotated_at.getTime() <= REUSE_GRACE_MS ? "tab" : "reused";
}
