import type { UnixMs, Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { sql } from "kysely";
import type { UploadedFiles } from "./model.ts";
import type { DetectorDatabase } from "./tables.ts";

/** What of one file is here. */
export interface FileState {
  readonly parts: number;
  readonly bytes: number;
  /** A part that is not full is the last one. */
  readonly isOver: boolean;
}

/** Files of models, in parts: those that arrive, and those that detectors use. */
export class UploadStore {
  readonly #db: DetectorDatabase;

  constructor(db: DetectorDatabase) {
    this.#db = db;
  }

  async begin(id: Uuid, tenantId: Uuid, nowMs: UnixMs): Promise<void> {
    await this.#db
      .insertInto("detector_models")
      .values({ id, tenant_id: tenantId, begun_ms: nowMs })
      .execute();
  }

  /** That no detector uses yet. */
  async countOpen(tenantId: Uuid): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from detector_models m
      where m.tenant_id = ${tenantId} and not exists (select from detectors d where d.model_id = m.id)`.execute(
      this.#db,
    );
    return rows[0]?.count ?? 0;
  }

  /** Of one that no detector uses. */
  async ownerOf(id: Uuid): Promise<Uuid | undefined> {
    const { rows } = await sql<{ tenant_id: Uuid }>`
      select m.tenant_id from detector_models m
      where m.id = ${id} and not exists (select from detectors d where d.model_id = m.id)`.execute(this.#db);
    return rows[0]?.tenant_id;
  }

  /** Whether it is there and no detector uses it; in a transaction nobody else changes it until its end. */
  async hold(id: Uuid, tenantId: Uuid): Promise<boolean> {
    const { rows } = await sql`
      select m.id from detector_models m
      where m.id = ${id} and m.tenant_id = ${tenantId}
        and not exists (select from detectors d where d.model_id = m.id)
      for update of m`.execute(this.#db);
    return rows.length === 1;
  }

  async stateOf(id: Uuid, file: cameras.ModelFileName): Promise<FileState> {
    const { rows } = await sql<FileState>`
      select count(*)::int as parts, coalesce(sum(length(bytes)), 0)::int as bytes,
        coalesce(min(length(bytes)) < ${cameras.UPLOAD_PART_BYTES}, false) as "isOver"
      from detector_parts where model_id = ${id} and file = ${file}`.execute(this.#db);
    return rows[0] ?? { parts: 0, bytes: 0, isOver: false };
  }

  async addPart(id: Uuid, file: cameras.ModelFileName, part: number, bytes: Uint8Array): Promise<void> {
    await this.#db.insertInto("detector_parts").values({ model_id: id, file, part, bytes }).execute();
  }

  /** One part after the other, each to its place: a large file is in memory once. */
  async read(id: Uuid): Promise<UploadedFiles> {
    const { rows: found } = await sql<{ file: string; parts: number; bytes: number }>`
      select file, count(*)::int as parts, sum(length(bytes))::int as bytes from detector_parts
      where model_id = ${id} group by file`.execute(this.#db);
    const files: Record<string, Uint8Array> = {};
    for (const { file, parts, bytes } of found)
      files[file] = await this.#readFile(id, file, { parts, bytes });
    return files;
  }

  async #readFile(
    id: Uuid,
    file: string,
    { parts, bytes }: { readonly parts: number; readonly bytes: number },
  ): Promise<Uint8Array> {
    const whole = new Uint8Array(bytes);
    let at = 0;
    for (let part = 0; part < parts; part++) {
      const row = await this.#db
        .selectFrom("detector_parts")
        .select("bytes")
        .where("model_id", "=", id)
        .where("file", "=", file)
        .where("part", "=", part)
        .executeTakeFirstOrThrow();
      whole.set(row.bytes, at);
      at += row.bytes.length;
    }
    return whole;
  }

  /** At most `bytes` of a file from there on, within one of its parts; undefined where it ends before. */
  async readPiece(
    id: Uuid,
    file: cameras.ModelFileName,
    from: number,
    bytes: number,
  ): Promise<Uint8Array | undefined> {
    const part = Math.floor(from / cameras.UPLOAD_PART_BYTES);
    const start = from - part * cameras.UPLOAD_PART_BYTES;
    const { rows } = await sql<{ piece: Uint8Array }>`
      select substring(bytes from ${start + 1}::int for ${bytes}::int) as piece from detector_parts
      where model_id = ${id} and file = ${file} and part = ${part}`.execute(this.#db);
    const piece = rows[0]?.piece;
    return piece === undefined || piece.length === 0 ? undefined : piece;
  }

  async remove(id: Uuid, tenantId: Uuid): Promise<void> {
    await sql`
      delete from detector_models m where m.id = ${id} and m.tenant_id = ${tenantId}
        and not exists (select from detectors d where d.model_id = m.id)`.execute(this.#db);
  }

  /** What was begun before and never finished. */
  async removeUnfinished(beforeMs: UnixMs): Promise<void> {
    await sql`
      delete from detector_models m where m.begun_ms < ${beforeMs}
        and not exists (select from detectors d where d.model_id = m.id)`.execute(this.#db);
  }
}
