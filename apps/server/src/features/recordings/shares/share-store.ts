import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import { SEGMENT_MS } from "../model.ts";
import type { KeptShare } from "./model.ts";
import type { RecordingSharesTable, ShareDatabase } from "./tables.ts";

/** No segment is longer. */
const LONGEST_MS = 2 * SEGMENT_MS;

export const shareOf = (row: RecordingSharesTable): KeptShare => ({
  id: row.id,
  tenantId: row.tenant_id,
  number: row.number,
  cameraId: row.camera_id,
  fromMs: row.from_ms,
  toMs: row.to_ms,
  passwordHash: row.password_hash ?? undefined,
  madeBy: row.made_by,
  madeMs: row.made_ms,
  expiresMs: row.expires_ms,
  revokedMs: row.revoked_ms ?? undefined,
  erasedMs: row.erased_ms ?? undefined,
  openings: row.openings,
  maxOpenings: row.max_openings ?? undefined,
  lastOpenedMs: row.last_opened_ms ?? undefined,
  note: row.note,
  showsCamera: row.shows_camera,
  allowsDownload: row.allows_download,
  filmState: row.film_state,
  filmBytes: row.film_bytes ?? undefined,
  filmFailure: row.film_failure ?? undefined,
  lendOf: row.lend_of ?? undefined,
});

export type NewShare = Pick<
  KeptShare,
  | "id"
  | "tenantId"
  | "cameraId"
  | "fromMs"
  | "toMs"
  | "passwordHash"
  | "madeBy"
  | "madeMs"
  | "expiresMs"
  | "maxOpenings"
  | "note"
  | "showsCamera"
  | "allowsDownload"
  | "lendOf"
> & { readonly tokenSha256: string };

/** Gives it the organisation's next number. */
export async function insertShare(tx: ShareDatabase, share: NewShare): Promise<KeptShare> {
  const { last } = await tx
    .insertInto("recording_share_numbers")
    .values({ tenant_id: share.tenantId, last: 1 })
    .onConflict((conflict) =>
      conflict.column("tenant_id").doUpdateSet({ last: sql`recording_share_numbers.last + 1` }),
    )
    .returning("last")
    .executeTakeFirstOrThrow();
  const row = await tx
    .insertInto("recording_shares")
    .values({
      id: share.id,
      tenant_id: share.tenantId,
      number: last,
      camera_id: share.cameraId,
      from_ms: share.fromMs,
      to_ms: share.toMs,
      token_sha256: share.tokenSha256,
      password_hash: share.passwordHash ?? null,
      made_by: share.madeBy,
      made_ms: share.madeMs,
      expires_ms: share.expiresMs,
      revoked_ms: null,
      erased_ms: null,
      openings: 0,
      max_openings: share.maxOpenings ?? null,
      last_opened_ms: null,
      note: share.note,
      shows_camera: share.showsCamera,
      allows_download: share.allowsDownload,
      lend_of: share.lendOf ?? null,
      ...{ film_state: "waiting", film_bytes: null, film_failure: null },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return shareOf(row);
}

export async function findShare(db: ShareDatabase, id: Uuid): Promise<KeptShare | undefined> {
  const row = await db.selectFrom("recording_shares").selectAll().where("id", "=", id).executeTakeFirst();
  return row && shareOf(row);
}

/** Clips that this link opens beside its own, in the order of their numbers. */
export async function lentWith(db: ShareDatabase, id: Uuid): Promise<KeptShare[]> {
  const rows = await db
    .selectFrom("recording_shares")
    .selectAll()
    .where("lend_of", "=", id)
    .orderBy("number")
    .execute();
  return rows.map(shareOf);
}

export async function findByToken(db: ShareDatabase, tokenSha256: string): Promise<KeptShare | undefined> {
  const row = await db
    .selectFrom("recording_shares")
    .selectAll()
    .where("token_sha256", "=", tokenSha256)
    .executeTakeFirst();
  return row && shareOf(row);
}

/** The link that somebody opened, while that lasts. */
export async function findByView(
  db: ShareDatabase,
  viewSha256: string,
  nowMs: UnixMs,
): Promise<KeptShare | undefined> {
  const row = await db
    .selectFrom("recording_shares")
    .innerJoin("recording_share_views", "recording_share_views.share_id", "recording_shares.id")
    .selectAll("recording_shares")
    .where("view_sha256", "=", viewSha256)
    .where("until_ms", ">", nowMs)
    .executeTakeFirst();
  return row && shareOf(row);
}

/** One opening more, unless it may not be opened any more by now. */
export async function countOpening(
  tx: ShareDatabase,
  id: Uuid,
  view: { readonly sha256: string; readonly nowMs: UnixMs; readonly untilMs: UnixMs },
): Promise<KeptShare | undefined> {
  const row = await tx
    .updateTable("recording_shares")
    .set({ openings: sql`openings + 1`, last_opened_ms: view.nowMs })
    .where("id", "=", id)
    .where("revoked_ms", "is", null)
    .where("erased_ms", "is", null)
    .where("expires_ms", ">", view.nowMs)
    .where((where) =>
      where.or([where("max_openings", "is", null), where("openings", "<", where.ref("max_openings"))]),
    )
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await tx
    .insertInto("recording_share_views")
    .values({ view_sha256: view.sha256, share_id: id, until_ms: view.untilMs })
    .execute();
  return shareOf(row);
}

/** Ends it, or with `null` lets one work again that was revoked after `sinceMs`; undefined when it was not as expected. */
export async function setRevoked(
  tx: ShareDatabase,
  id: Uuid,
  change: { readonly revokedMs: UnixMs } | { readonly revokedMs: null; readonly sinceMs: UnixMs },
): Promise<KeptShare | undefined> {
  const query = tx
    .updateTable("recording_shares")
    .set({ revoked_ms: change.revokedMs })
    .where("id", "=", id)
    .where("erased_ms", "is", null);
  const row = await (change.revokedMs === null
    ? query.where("revoked_ms", ">", change.sinceMs)
    : query.where("revoked_ms", "is", null)
  )
    .returningAll()
    .executeTakeFirst();
  return row && shareOf(row);
}

/** All that somebody could still open. */
export async function revokeAll(db: ShareDatabase, revokedMs: UnixMs): Promise<void> {
  await db
    .updateTable("recording_shares")
    .set({ revoked_ms: revokedMs })
    .where("revoked_ms", "is", null)
    .where("expires_ms", ">", revokedMs)
    .execute();
}

const ERASED_WITHIN = sql<boolean>`exists (
  select from recording_segments s where s.tenant_id = recording_shares.tenant_id
    and s.camera_id = recording_shares.camera_id and s.state = 'erased'
    and s.first_ms <= recording_shares.to_ms and s.first_ms >= recording_shares.from_ms - ${LONGEST_MS}
    and s.last_ms >= recording_shares.from_ms)`;

/** Links to what was erased since they were made, of one camera or of all: marked, and answered. */
export async function markErased(
  db: ShareDatabase,
  nowMs: UnixMs,
  of?: { readonly tenantId: Uuid; readonly cameraId: Uuid },
): Promise<KeptShare[]> {
  const query = db
    .updateTable("recording_shares")
    .set({ erased_ms: nowMs })
    .where("erased_ms", "is", null)
    .where("expires_ms", ">", nowMs)
    .where(ERASED_WITHIN)
    .returningAll();
  const rows = await (of === undefined
    ? query
    : query.where("tenant_id", "=", of.tenantId).where("camera_id", "=", of.cameraId)
  ).execute();
  return rows.map(shareOf);
}

/** Whether something of the clip was erased, also a moment ago. */
export async function isErased(db: ShareDatabase, id: Uuid): Promise<boolean> {
  const row = await db
    .selectFrom("recording_shares")
    .select("id")
    .where("id", "=", id)
    .where(ERASED_WITHIN)
    .executeTakeFirst();
  return row !== undefined;
}

/** What is there of a span: whether anything is recorded, and whether something was erased. */
export async function spanStanding(
  db: ShareDatabase,
  span: {
    readonly tenantId: Uuid;
    readonly cameraId: Uuid;
    readonly fromMs: UnixMs;
    readonly toMs: UnixMs;
  },
): Promise<{ readonly recorded: boolean; readonly erased: boolean }> {
  const within = db
    .selectFrom("recording_segments")
    .select("id")
    .where("tenant_id", "=", span.tenantId)
    .where("camera_id", "=", span.cameraId)
    .where("first_ms", ">=", span.fromMs - LONGEST_MS)
    .where("first_ms", "<=", span.toMs)
    .where("last_ms", ">=", span.fromMs)
    .where("frames", ">", 0)
    .limit(1);
  const [recorded, erased] = await Promise.all([
    within.where("state", "<>", "erased").executeTakeFirst(),
    within.where("state", "=", "erased").executeTakeFirst(),
  ]);
  return { recorded: recorded !== undefined, erased: erased !== undefined };
}

/** Numbers of links, all of the organisation's or those of these ids. */
export async function listNumbers(
  db: ShareDatabase,
  tenantId: Uuid,
  ids: ReadonlySet<Uuid> | undefined,
): Promise<{ readonly id: Uuid; readonly number: number }[]> {
  let query = db.selectFrom("recording_shares").select(["id", "number"]).where("tenant_id", "=", tenantId);
  if (ids !== undefined) query = query.where(sql<boolean>`id = any(${[...ids]}::uuid[])`);
  return query.execute();
}
