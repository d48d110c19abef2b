import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Selectable, sql } from "kysely";
import type { ItemContent, KeptClipItem, KeptItem } from "./model.ts";
import type { CaseDatabase, CaseItemsTable } from "./tables.ts";

export interface NoteVersion {
  readonly text: string;
  readonly by: Uuid;
  readonly atMs: UnixMs;
}

/** A case that holds an event. */
export interface CaseOfEvent {
  readonly eventId: Uuid;
  readonly id: Uuid;
  readonly number: number;
  readonly title: string;
  /** How many clips are in it. */
  readonly clips: number;
}

/** What is in cases of one organisation. */
export class ItemStore {
  readonly #db: CaseDatabase;
  readonly #tenantId: Uuid;

  constructor(db: CaseDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async insert({ id, caseId, addedBy, addedMs, content }: Omit<KeptItem, "removed">): Promise<void> {
    await this.#db
      .insertInto("case_items")
      .values({
        ...{ id, tenant_id: this.#tenantId, case_id: caseId, added_by: addedBy, added_ms: addedMs },
        ...{ removed_by: null, removed_ms: null, erased_ms: null },
        ...columnsOf(content),
      })
      .execute();
  }

  /** Oldest first, with those that were taken away after `removedSinceMs`. */
  async list(caseId: Uuid, removedSinceMs: UnixMs): Promise<KeptItem[]> {
    const rows = await this.#db
      .selectFrom("case_items")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("case_id", "=", caseId)
      .where((where) => where.or([where("removed_ms", "is", null), where("removed_ms", ">", removedSinceMs)]))
      .orderBy("place")
      .execute();
    return rows.map(itemOf);
  }

  async find(caseId: Uuid, id: Uuid): Promise<KeptItem | undefined> {
    const row = await this.#db
      .selectFrom("case_items")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("case_id", "=", caseId)
      .where("id", "=", id)
      .executeTakeFirst();
    return row && itemOf(row);
  }

  async setRemoved(id: Uuid, removed: KeptItem["removed"]): Promise<void> {
    await this.#db
      .updateTable("case_items")
      .set({ removed_by: removed?.by ?? null, removed_ms: removed?.atMs ?? null })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .execute();
  }

  /** What it said before is kept as a version. */
  async setText(id: Uuid, before: NoteVersion & { readonly id: Uuid }, text: string): Promise<void> {
    await this.#db
      .insertInto("case_note_versions")
      .values({ id: before.id, item_id: id, text: before.text, by_person: before.by, at_ms: before.atMs })
      .execute();
    await this.#db
      .updateTable("case_items")
      .set({ text })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .execute();
  }

  /** What notes said before, oldest first; `by` and `atMs` are of the change that ended a version. */
  async versionsOf(ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, readonly NoteVersion[]>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("case_note_versions")
      .innerJoin("case_items", "case_items.id", "case_note_versions.item_id")
      .selectAll("case_note_versions")
      .where("tenant_id", "=", this.#tenantId)
      .where("item_id", "in", [...ids])
      .orderBy("at_ms")
      .orderBy("case_note_versions.id")
      .execute();
    return new Map(
      Map.groupBy(rows, ({ item_id }) => item_id)
        .entries()
        .map(([id, found]) => [
          id,
          found.map(({ text, by_person: by, at_ms: atMs }) => ({ text, by, atMs })),
        ]),
    );
  }

  async setSpan(id: Uuid, toMs: UnixMs, bestMs: UnixMs): Promise<void> {
    await this.#db
      .updateTable("case_items")
      .set({ to_ms: toMs, best_ms: bestMs })
      .where("tenant_id", "=", this.#tenantId)
      .where("id", "=", id)
      .execute();
  }

  /** In the transaction that erases the span: whatever of a clip was in it is a hole from then on. */
  async markErased(
    cameraId: Uuid,
    { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    atMs: UnixMs,
  ): Promise<void> {
    await this.#db
      .updateTable("case_items")
      .set({ erased_ms: atMs })
      .where("tenant_id", "=", this.#tenantId)
      .where("camera_id", "=", cameraId)
      .where("from_ms", "<=", toMs)
      .where((where) => where.or([where("to_ms", "is", null), where("to_ms", ">=", fromMs)]))
      .execute();
  }

  /** Cases that hold each of these events. */
  async casesOf(eventIds: readonly Uuid[]): Promise<CaseOfEvent[]> {
    if (eventIds.length === 0) return [];
    const rows = await this.#db
      .selectFrom("case_items")
      .innerJoin("cases", "cases.id", "case_items.case_id")
      .select([
        ...(["event_id", "cases.id", "number", "title"] as const),
        sql<number>`(select count(*) from case_items c
          where c.case_id = cases.id and c.kind = 'clip' and c.removed_ms is null)`.as("clips"),
      ])
      .where("case_items.tenant_id", "=", this.#tenantId)
      .where("event_id", "in", [...eventIds])
      .where("removed_ms", "is", null)
      .orderBy("number")
      .execute();
    return rows.map(({ event_id, ...found }) => ({ eventId: event_id as Uuid, ...found }));
  }

  async eventIdsOf(caseId: Uuid): Promise<Uuid[]> {
    const rows = await this.#db
      .selectFrom("case_items")
      .select("event_id")
      .where("tenant_id", "=", this.#tenantId)
      .where("case_id", "=", caseId)
      .where("event_id", "is not", null)
      .where("removed_ms", "is", null)
      .execute();
    return rows.flatMap(({ event_id }) => event_id ?? []);
  }
}

/** Clips whose event went on when they were looked at last, of every organisation. */
export async function openClips(
  db: CaseDatabase,
): Promise<{ readonly tenantId: Uuid; readonly item: KeptClipItem }[]> {
  const rows = await db
    .selectFrom("case_items")
    .selectAll()
    .where("kind", "=", "clip")
    .where("to_ms", "is", null)
    .where("removed_ms", "is", null)
    .limit(1_000)
    .execute();
  return rows.map((row) => ({ tenantId: row.tenant_id, item: itemOf(row) as KeptClipItem }));
}

/** Events of one camera whose clips are in a case, or can be put back. */
export async function eventIdsAt(db: CaseDatabase, cameraId: Uuid): Promise<Uuid[]> {
  const rows = await db
    .selectFrom("case_items")
    .select("event_id")
    .distinct()
    .where("camera_id", "=", cameraId)
    .where("event_id", "is not", null)
    .execute();
  return rows.flatMap(({ event_id }) => event_id ?? []);
}

/** What was taken away so long ago that it is not put back any more: nothing of it stays. */
export async function deleteRemoved(db: CaseDatabase, beforeMs: UnixMs): Promise<void> {
  await db.deleteFrom("case_items").where("removed_ms", "<", beforeMs).execute();
}

function columnsOf(content: ItemContent) {
  const none = {
    ...{ event_id: null, camera_id: null, from_ms: null, to_ms: null, best_ms: null },
    ...{ device_id: null, person_id: null, text: null },
  };
  const { kind } = content;
  if (kind === "device") return { ...none, kind, device_id: content.deviceId };
  if (kind === "note") return { ...none, kind, text: content.text };
  if (kind === "person")
    return { ...none, kind, person_id: content.personId ?? null, text: content.name ?? null };
  const { bestMs, cameraId, eventId, fromMs, toMs } = content.clip;
  const span = { from_ms: fromMs, to_ms: toMs ?? null, best_ms: bestMs };
  return { ...none, kind, event_id: eventId ?? null, camera_id: cameraId, ...span };
}

const itemOf = (row: Selectable<CaseItemsTable>): KeptItem => ({
  id: row.id,
  caseId: row.case_id,
  addedBy: row.added_by,
  addedMs: row.added_ms,
  removed: row.removed_ms === null ? undefined : { by: row.removed_by as Uuid, atMs: row.removed_ms },
  content: contentOf(row),
});

function contentOf(row: Selectable<CaseItemsTable>): ItemContent {
  const { kind } = row;
  if (kind === "device") return { kind, deviceId: row.device_id as Uuid };
  if (kind === "note") return { kind, text: row.text ?? "" };
  if (kind === "person") return { kind, personId: row.person_id ?? undefined, name: row.text ?? undefined };
  return {
    kind,
    clip: {
      eventId: row.event_id ?? undefined,
      cameraId: row.camera_id as Uuid,
      fromMs: row.from_ms as number,
      toMs: row.to_ms ?? undefined,
      bestMs: row.best_ms as number,
      erasedMs: row.erased_ms ?? undefined,
    },
  };
}
