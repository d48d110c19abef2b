import type { UnixMs, Uuid } from "@gatehouse/base";
import type { FilmState, KeptShare } from "./model.ts";
import { shareOf } from "./share-store.ts";
import type { ShareDatabase } from "./tables.ts";

/** A film that is over is not ready again. */
export async function setFilm(
  db: ShareDatabase,
  id: Uuid,
  film: { readonly state: FilmState; readonly bytes?: number; readonly failure?: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("recording_shares")
    .set({ film_state: film.state, film_bytes: film.bytes ?? null, film_failure: film.failure ?? null })
    .where("id", "=", id)
    .where("erased_ms", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whose film must still be made: of those that somebody could open. */
export async function listUnmade(db: ShareDatabase, nowMs: UnixMs): Promise<KeptShare[]> {
  const rows = await db
    .selectFrom("recording_shares")
    .selectAll()
    .where("film_state", "=", "waiting")
    .where("revoked_ms", "is", null)
    .where("erased_ms", "is", null)
    .where("expires_ms", ">", nowMs)
    .orderBy("made_ms")
    .execute();
  return rows.map(shareOf);
}

/** Those that are over for good and whose film may still lie there. */
export async function listOver(
  db: ShareDatabase,
  times: { readonly nowMs: UnixMs; readonly revokedBeforeMs: UnixMs },
): Promise<KeptShare[]> {
  const rows = await db
    .selectFrom("recording_shares")
    .selectAll()
    .where("film_bytes", "is not", null)
    .where((where) =>
      where.or([
        where("expires_ms", "<=", times.nowMs),
        where("erased_ms", "is not", null),
        where("revoked_ms", "<=", times.revokedBeforeMs),
      ]),
    )
    .execute();
  return rows.map(shareOf);
}

/** The film of one that is over is deleted. */
export async function forgetFilm(db: ShareDatabase, id: Uuid): Promise<void> {
  await db
    .updateTable("recording_shares")
    .set({ film_state: "waiting", film_bytes: null, film_failure: null })
    .where("id", "=", id)
    .execute();
}

/** Openings that are over, and links that ended so long ago that nobody lists them. */
export async function deleteOld(
  db: ShareDatabase,
  times: { readonly nowMs: UnixMs; readonly endedBeforeMs: UnixMs },
): Promise<void> {
  await db.deleteFrom("recording_share_views").where("until_ms", "<=", times.nowMs).execute();
  await db
    .deleteFrom("recording_shares")
    .where("expires_ms", "<=", times.endedBeforeMs)
    .where("film_bytes", "is", null)
    .execute();
}
