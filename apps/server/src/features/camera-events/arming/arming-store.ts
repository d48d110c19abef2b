import type { UnixMs, Uuid } from "@gatehouse/base";
import type { CameraEventDatabase, SiteArmingTable } from "../tables.ts";

/** Whether a site is armed, as it was switched last. */
export interface Arming {
  readonly siteId: Uuid;
  readonly armed: boolean;
  /** From then on it is the other way round; undefined until somebody switches it. */
  readonly untilMs: UnixMs | undefined;
  readonly sinceMs: UnixMs;
  readonly byName: string;
}

export const isArmedAt = ({ armed, untilMs }: Arming, atMs: UnixMs): boolean =>
  untilMs === undefined || atMs < untilMs ? armed : !armed;

/** Undefined where nobody ever switched it. */
export async function findArming(
  db: CameraEventDatabase,
  tenantId: Uuid,
  siteId: Uuid,
): Promise<Arming | undefined> {
  const row = await db
    .selectFrom("site_arming")
    .selectAll()
    .where("site_id", "=", siteId)
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  return row && toArming(row);
}

export async function saveArming(tx: CameraEventDatabase, tenantId: Uuid, arming: Arming): Promise<void> {
  const changing = {
    armed: arming.armed,
    until_at: arming.untilMs === undefined ? null : new Date(arming.untilMs),
    since_at: new Date(arming.sinceMs),
    by_name: arming.byName,
  };
  await tx
    .insertInto("site_arming")
    .values({ site_id: arming.siteId, tenant_id: tenantId, ...changing })
    .onConflict((conflict) => conflict.column("site_id").doUpdateSet(changing))
    .execute();
}

const toArming = (row: SiteArmingTable): Arming => ({
  siteId: row.site_id,
  armed: row.armed,
  untilMs: row.until_at?.getTime(),
  sinceMs: row.since_at.getTime(),
  byName: row.by_name,
});
