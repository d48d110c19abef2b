import type { UnixMs, Uuid } from "@gatehouse/base";
import { type Selectable, sql } from "kysely";
import {
  type Chunk,
  type Codec,
  encodeChunks,
  parseChunks,
  SEGMENT_MS,
  type SegmentName,
  type SegmentRow,
  type StoredState,
} from "./model.ts";
import type { RecordingDatabase, RecordingSegmentsTable } from "./tables.ts";

/** No segment is longer, whatever gap is between its last frames. */
const LONGEST_MS = 2 * SEGMENT_MS;

export const rowOf = (row: Selectable<RecordingSegmentsTable>): SegmentRow => ({
  segmentId: row.id,
  tenantId: row.tenant_id,
  cameraId: row.camera_id,
  state: row.state,
  codec: row.codec,
  startMs: row.start_ms,
  firstMs: row.first_ms,
  lastMs: row.last_ms,
  frames: row.frames,
  bytes: row.bytes,
  chunks: parseChunks(row.chunks),
  pinned: row.pinned,
  transient: row.transient,
  moved: row.moved,
  manifest: row.manifest ?? undefined,
  manifestSha256: row.manifest_sha256 ?? undefined,
});

const framesOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { frames }) => sum + frames, 0);

/** What a segment's file says of it. */
export interface FoundSegment {
  readonly state: StoredState;
  readonly codec: Codec;
  readonly startMs: UnixMs;
  readonly firstMs: UnixMs;
  readonly lastMs: UnixMs;
  readonly chunks: readonly Chunk[];
  readonly bytes: number;
  readonly manifest: string | undefined;
  readonly manifestSha256: string | undefined;
}

/** Whether an event needs what the row holds. */
const NEEDED = sql<boolean>`exists (
  select from recording_pins p where p.camera_id = recording_segments.camera_id
    and p.from_ms <= recording_segments.last_ms
    and (p.to_ms is null or p.to_ms >= recording_segments.first_ms))`;

/** The index of one organisation's segments. */
export class SegmentStore {
  readonly #db: RecordingDatabase;
  readonly #tenantId: Uuid;

  constructor(db: RecordingDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  async insertOpen(
    { cameraId, segmentId }: SegmentName,
    segment: { readonly codec: Codec; readonly startMs: UnixMs; readonly transient: boolean },
  ): Promise<void> {
    const { codec, startMs, transient } = segment;
    await this.#db
      .insertInto("recording_segments")
      .values({
        id: segmentId,
        tenant_id: this.#tenantId,
        camera_id: cameraId,
        ...{ state: "open", codec, transient, frames: 0, bytes: 0, pinned: false, moved: false },
        ...{ start_ms: startMs, first_ms: startMs, last_ms: startMs },
        chunks: Buffer.alloc(0),
        manifest: null,
        manifest_sha256: null,
      })
      .execute();
  }

  /** A segment that was found with nothing but its files; false where its organisation is not known. */
  async insertFound({ cameraId, segmentId }: SegmentName, found: FoundSegment): Promise<boolean> {
    const { state, codec, bytes, chunks } = found;
    const { rows } = await sql`
      insert into recording_segments (id, tenant_id, camera_id, state, codec, start_ms, first_ms, last_ms, frames,
        bytes, chunks, pinned, transient, moved, manifest, manifest_sha256)
      select ${segmentId}::uuid, id, ${cameraId}::uuid, ${state}, ${codec}, ${found.startMs}::bigint,
        ${found.firstMs}::bigint, ${found.lastMs}::bigint, ${framesOf(chunks)}::int, ${bytes}::bigint,
        ${encodeChunks(chunks)}::bytea, false, false, false, ${found.manifest ?? null}::text,
        ${found.manifestSha256 ?? null}::text
      from tenants where id = ${this.#tenantId}
      on conflict (id) do nothing returning id`.execute(this.#db);
    await this.#pinWhereNeeded(segmentId);
    return rows.length > 0;
  }

  /** A chunk that is in the file; answers whether an event needs the segment. */
  async appendChunk(
    segmentId: Uuid,
    added: { readonly chunk: Chunk; readonly fileBytes: number; readonly lastMs: UnixMs },
  ): Promise<boolean> {
    const { chunk, fileBytes, lastMs } = added;
    const row = await this.#db
      .updateTable("recording_segments")
      .set({
        last_ms: lastMs,
        frames: sql`frames + ${chunk.frames}`,
        bytes: sql`bytes + ${fileBytes}`,
        chunks: sql`chunks || ${encodeChunks([chunk])}`,
        pinned: sql`pinned or exists (
          select from recording_pins p where p.camera_id = recording_segments.camera_id
            and p.from_ms <= ${lastMs} and (p.to_ms is null or p.to_ms >= recording_segments.first_ms))`,
      })
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .returning("pinned")
      .executeTakeFirstOrThrow();
    return row.pinned;
  }

  /** The segment's end, signed; `addedBytes` are those of its last chunk and the manifest. */
  async seal(
    { cameraId, segmentId }: SegmentName,
    end: {
      readonly manifest: string;
      readonly manifestSha256: string;
      readonly addedBytes: number;
      readonly moved: boolean;
    },
  ): Promise<void> {
    await this.#db
      .updateTable("recording_segments")
      .set({
        state: "sealed",
        bytes: sql`bytes + ${end.addedBytes}`,
        manifest: end.manifest,
        manifest_sha256: end.manifestSha256,
        moved: sql`moved or ${end.moved}`,
      })
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .execute();
    await this.#db
      .insertInto("recording_chains")
      .values({ camera_id: cameraId, tenant_id: this.#tenantId, manifest_sha256: end.manifestSha256 })
      .onConflict((conflict) =>
        conflict.column("camera_id").doUpdateSet({ manifest_sha256: end.manifestSha256 }),
      )
      .execute();
  }

  /** The index of one segment, as its file has it. */
  async rewrite(
    segmentId: Uuid,
    found: Omit<FoundSegment, "startMs" | "manifest" | "manifestSha256">,
  ): Promise<void> {
    await this.#db
      .updateTable("recording_segments")
      .set({
        state: found.state,
        codec: found.codec,
        first_ms: found.firstMs,
        last_ms: found.lastMs,
        frames: framesOf(found.chunks),
        bytes: found.bytes,
        chunks: encodeChunks(found.chunks),
      })
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .execute();
    await this.#pinWhereNeeded(segmentId);
  }

  async #pinWhereNeeded(segmentId: Uuid): Promise<void> {
    await this.#db
      .updateTable("recording_segments")
      .set({ pinned: sql`pinned or ${NEEDED}` })
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .execute();
  }

  async setManifest(segmentId: Uuid, manifest: string, manifestSha256: string): Promise<void> {
    await this.#db
      .updateTable("recording_segments")
      .set({ manifest, manifest_sha256: manifestSha256 })
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .execute();
  }

  async setState(segmentId: Uuid, state: StoredState, bytes?: number): Promise<void> {
    await this.#db
      .updateTable("recording_segments")
      .set({ state, ...(bytes === undefined ? {} : { bytes }) })
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .execute();
  }

  async delete(segmentId: Uuid): Promise<void> {
    await this.#db
      .deleteFrom("recording_segments")
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .execute();
  }

  async find(segmentId: Uuid): Promise<SegmentRow | undefined> {
    const row = await this.#db
      .selectFrom("recording_segments")
      .selectAll()
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .executeTakeFirst();
    return row && rowOf(row);
  }

  /** Segments of a camera that overlap the span, oldest first; those that were erased are not among them. */
  async overlapping(
    cameraId: Uuid,
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    limit: number,
  ): Promise<SegmentRow[]> {
    const rows = await this.#db
      .selectFrom("recording_segments")
      .selectAll()
      .where("tenant_id", "=", this.#tenantId)
      .where("camera_id", "=", cameraId)
      .where("state", "<>", "erased")
      .where("first_ms", ">=", span.fromMs - LONGEST_MS)
      .where("first_ms", "<=", span.toMs)
      .where("last_ms", ">=", span.fromMs)
      .where("frames", ">", 0)
      .orderBy("first_ms")
      .limit(limit)
      .execute();
    return rows.map(rowOf);
  }

  /** SHA-256 of the camera's newest manifest. */
  async newestManifest(cameraId: Uuid): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom("recording_chains")
      .select("manifest_sha256")
      .where("camera_id", "=", cameraId)
      .where("tenant_id", "=", this.#tenantId)
      .executeTakeFirst();
    return row?.manifest_sha256;
  }

  /** Its key is being changed: nobody erases it meanwhile. Answers undefined when somebody did. */
  async lock(segmentId: Uuid): Promise<SegmentName | undefined> {
    const row = await this.#db
      .selectFrom("recording_segments")
      .select(["id", "camera_id"])
      .where("id", "=", segmentId)
      .where("tenant_id", "=", this.#tenantId)
      .where("state", "<>", "erased")
      .forUpdate()
      .executeTakeFirst();
    return row && { tenantId: this.#tenantId, cameraId: row.camera_id, segmentId: row.id };
  }
}
