import type { UnixMs, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { AnyDatabase } from "../../../platform/database/index.ts";
import type { CameraEventDatabase } from "../tables.ts";

export interface KeptVerdict {
  readonly id: Uuid;
  readonly tenantId: Uuid;
  readonly eventId: Uuid;
  readonly verdict: cameras.Verdict;
  readonly note: string;
  readonly personId: Uuid | undefined;
  readonly personName: string;
  readonly atMs: UnixMs;
}

/**
 * Keeps a verdict and makes it the one that counts. Answers what counted before and when this one was given; undefined
 * where there is no such event any more. Two people who decide at once are put one behind the other, also in time.
 */
export async function addVerdict(
  tx: CameraEventDatabase,
  given: KeptVerdict,
): Promise<{ readonly before: cameras.Verdict | undefined; readonly atMs: UnixMs } | undefined> {
  const event = await tx
    .selectFrom("camera_events")
    .select("verdict")
    .where("id", "=", given.eventId)
    .where("tenant_id", "=", given.tenantId)
    .forUpdate()
    .executeTakeFirst();
  if (event === undefined) return undefined;
  const newest = await tx
    .selectFrom("camera_event_verdicts")
    .select("at")
    .where("event_id", "=", given.eventId)
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
  const atMs = Math.max(given.atMs, newest === undefined ? 0 : newest.at.getTime() + 1);
  await tx
    .insertInto("camera_event_verdicts")
    .values({
      id: given.id,
      event_id: given.eventId,
      tenant_id: given.tenantId,
      verdict: given.verdict,
      note: given.note,
      person_id: given.personId ?? null,
      person_name: given.personName,
      at: new Date(atMs),
    })
    .execute();
  await tx
    .updateTable("camera_events")
    .set({ verdict: given.verdict })
    .where("id", "=", given.eventId)
    .execute();
  return { before: event.verdict ?? undefined, atMs };
}

/** Newest first. */
export async function listVerdicts(
  db: CameraEventDatabase,
  { tenantId, eventId }: { readonly tenantId: Uuid; readonly eventId: Uuid },
  limit: number,
): Promise<KeptVerdict[]> {
  const rows = await db
    .selectFrom("camera_event_verdicts")
    .selectAll()
    .where("event_id", "=", eventId)
    .where("tenant_id", "=", tenantId)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    eventId: row.event_id,
    verdict: row.verdict,
    note: row.note,
    personId: row.person_id ?? undefined,
    personName: row.person_name,
    atMs: row.at.getTime(),
  }));
}

interface PersonKey {
  readonly tenantId: Uuid;
  readonly personId: Uuid;
}

/** What is held here about a person: what they decided. */
export const personalData = (db: CameraEventDatabase) => ({
  name: "camera_event_verdicts",

  async *read({ tenantId, personId }: PersonKey): AsyncIterable<unknown> {
    const rows = await db
      .selectFrom("camera_event_verdicts")
      .select(["event_id", "verdict", "note", "at"])
      .where("tenant_id", "=", tenantId)
      .where("person_id", "=", personId)
      .orderBy("at")
      .execute();
    yield* rows;
  },

  /** The verdict stays: it says what was seen. Who said so goes. */
  async erase(tx: AnyDatabase, { tenantId, personId }: PersonKey): Promise<readonly string[]> {
    await (tx as CameraEventDatabase)
      .updateTable("camera_event_verdicts")
      .set({ person_name: "", person_id: null })
      .where("tenant_id", "=", tenantId)
      .where("person_id", "=", personId)
      .execute();
    return ["camera_event_verdicts"];
  },
});
