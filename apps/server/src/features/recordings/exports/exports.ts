import { AppError, newUuid, type Uuid } from "@gatehouse/base";
import { access, cameras as contract } from "@gatehouse/contract";
import type { AuditEvent } from "../../../platform/audit/index.ts";
import { waitTurn } from "../../../platform/database/index.ts";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import type { RecordingContext } from "../context.ts";
import type { RecordingDatabase } from "../tables.ts";
import { type ExportOrder, type ExportRow, ExportStore, endedBefore } from "./export-store.ts";
import type { ExportWorker } from "./export-worker.ts";
import { assertExportSpan, type Camera, chunksIn, type Span, segmentsIn } from "./recorded-frames.ts";
import type { OpenSealedFile, SealedFiles, SealedName } from "./sealed-files.ts";

/** What an organisation may take out, and for how long it stays. */
export interface ExportLimits {
  readonly atOnce: number;
  readonly keepMs: number;
  readonly maxExports: number;
  readonly maxBytes: number;
}

export interface ExportsDeps
  extends Pick<RecordingContext, "audit" | "cameras" | "clock" | "db" | "log" | "random"> {
  readonly files: SealedFiles;
  readonly worker: ExportWorker<ExportRow>;
  readonly limits: ExportLimits;
}

const nameOf = ({ tenantId, cameraId, id }: Pick<ExportRow, "tenantId" | "cameraId" | "id">): SealedName => ({
  tenantId,
  cameraId,
  fileId: id,
});

/** Films and archives that people take out of recordings. */
export class Exports {
  readonly #deps: ExportsDeps;

  constructor(deps: ExportsDeps) {
    this.#deps = deps;
  }

  /** One that is there, or is being made, answers for the same again. Each asking is in the audit log. */
  async create(
    scope: access.Scope,
    asked: Omit<ExportOrder, "tenantId" | "speed"> & { readonly speed?: number },
  ): Promise<contract.RecordingExport> {
    const { audit, clock, db, random, worker } = this.#deps;
    const { tenantId } = scope;
    this.#assertCamera(scope, asked.cameraId);
    assertExportSpan(asked, contract.MAX_EXPORT_MS);
    const order: ExportOrder = {
      ...asked,
      tenantId,
      speed: asked.form === "frames" ? 1 : (asked.speed ?? 1),
    };
    await this.#assertMakeable(order);
    await this.#removeDamaged(order);
    // Before the transaction: it walks a folder.
    const isFull = await this.#isFull(tenantId);
    const row = await db.transaction().execute(async (tx) => {
      await waitTurn(tx, "recording exports", tenantId);
      const store = new ExportStore(tx, tenantId);
      const same = await store.findSame(order);
      if (same === undefined) {
        await this.#assertFew(store);
        if (isFull) throw this.#noRoom();
      }
      const { cameraId, fromMs, toMs, form, speed } = order;
      const data = { fromMs, toMs, form, ...(speed === 1 ? {} : { speed }) };
      await audit.record(tx, exportedEvent(tenantId, cameraId, data));
      return same ?? store.insert(newUuid(clock, random), order, clock.nowMs());
    });
    worker.wake();
    return this.#shown(row);
  }

  /** What a span holds. Refuses what `create` refuses for it. */
  async estimate(scope: access.Scope, cameraId: Uuid, span: Span) {
    this.#assertCamera(scope, cameraId);
    assertExportSpan(span, contract.MAX_EXPORT_MS);
    const found = { bytes: 0, frames: 0, whole: { bytes: 0, frames: 0 } };
    let isPictures = false;
    for await (const row of segmentsIn(this.#deps.db, { tenantId: scope.tenantId, cameraId }, span)) {
      found.whole.bytes += row.bytes;
      found.whole.frames += row.frames;
      for (const chunk of chunksIn(row, span)) {
        found.bytes += chunk.bytes;
        found.frames += chunk.frames;
      }
      isPictures ||= row.codec === "jpeg";
    }
    return { ...found, canMakeFilm: !isPictures || (await hasFfmpeg()) };
  }

  /** What a browser makes of frames by itself is taken out like everything else. */
  async noteBrowserExport(scope: access.Scope, cameraId: Uuid, { fromMs, toMs }: Span): Promise<void> {
    const { audit, db } = this.#deps;
    this.#assertCamera(scope, cameraId);
    assertExportSpan({ fromMs, toMs }, contract.MAX_EXPORT_MS);
    const event = exportedEvent(scope.tenantId, cameraId, { fromMs, toMs, form: "browser" });
    await db.transaction().execute((tx) => audit.record(tx, event));
  }

  async list(scope: access.Scope): Promise<contract.RecordingExport[]> {
    const rows = await new ExportStore(this.#deps.db, scope.tenantId).list();
    return rows.filter((row) => this.#reaches(scope, row.cameraId)).map((row) => this.#shown(row));
  }

  async get(tenantId: Uuid, id: Uuid): Promise<contract.RecordingExport> {
    return this.#shown(await this.#find(tenantId, id));
  }

  /** Refuses `export.not_ready`, `export.damaged`. */
  async open(tenantId: Uuid, id: Uuid): Promise<{ readonly row: ExportRow; readonly file: OpenSealedFile }> {
    const row = await this.#find(tenantId, id);
    if (row.error === "segment.erased") throw new AppError("segment.erased");
    if (row.state !== "done") throw new AppError("export.not_ready");
    const file = await this.#deps.files.open(nameOf(row));
    if (file?.bytes !== row.bytes) throw new AppError("export.damaged");
    return { row, file };
  }

  async cancel(tenantId: Uuid, id: Uuid): Promise<contract.RecordingExport> {
    const { clock, db, worker } = this.#deps;
    const row = await this.#find(tenantId, id);
    const end = { state: "cancelled", endedMs: clock.nowMs() } as const;
    const ended = await new ExportStore(db, tenantId).end(id, end);
    await worker.giveUp(id);
    return this.#shown(ended ?? row);
  }

  async remove(tenantId: Uuid, id: Uuid): Promise<void> {
    const row = await this.#find(tenantId, id);
    await this.#remove(row);
  }

  /** In the transaction that erases the span: what holds any of it is none any more. What it answers does the rest. */
  async markErased(
    tx: RecordingDatabase,
    { tenantId, cameraId }: Camera,
    span: Span,
  ): Promise<() => Promise<void>> {
    const { clock, files, worker } = this.#deps;
    const rows = await new ExportStore(tx, tenantId).markErased(cameraId, span, clock.nowMs());
    return async () => {
      for (const row of rows) {
        await worker.giveUp(row.id);
        await files.remove(nameOf(row));
      }
    };
  }

  /** What is over for longer than it is kept. */
  async removeExpired(signal: { readonly aborted: boolean }): Promise<void> {
    const { clock, db, limits } = this.#deps;
    for (const row of await endedBefore(db, clock.nowMs() - limits.keepMs)) {
      if (signal.aborted) return;
      await this.#remove(row);
    }
  }

  /** Whether another film may be made: exports and films of links share their room. Refuses `export.no_room`. */
  async assertRoom(tenantId: Uuid): Promise<void> {
    if (await this.#isFull(tenantId)) throw this.#noRoom();
  }

  async #isFull(tenantId: Uuid): Promise<boolean> {
    const { bytes } = await this.#deps.files.totals(tenantId);
    return bytes >= this.#deps.limits.maxBytes;
  }

  #noRoom(): AppError {
    return new AppError("export.no_room", { max: this.#deps.limits.maxBytes });
  }

  async #remove(row: ExportRow): Promise<void> {
    const { clock, db, files, worker } = this.#deps;
    const store = new ExportStore(db, row.tenantId);
    await store.end(row.id, { state: "cancelled", endedMs: clock.nowMs() });
    await worker.giveUp(row.id);
    await files.remove(nameOf(row));
    await store.delete(row.id);
  }

  async #find(tenantId: Uuid, id: Uuid): Promise<ExportRow> {
    const row = await new ExportStore(this.#deps.db, tenantId).find(id);
    if (row === undefined) throw new AppError("export.not_found");
    return row;
  }

  /** Says at once what the work would find out later. */
  async #assertMakeable({ form, ...order }: ExportOrder): Promise<void> {
    for await (const row of segmentsIn(this.#deps.db, order, order)) {
      if (form === "mp4" && row.codec === "jpeg") await findFfmpeg();
      return;
    }
    throw new AppError("export.empty");
  }

  /** One whose file was lost or changed does not stand in the way of a new one. */
  async #removeDamaged(order: ExportOrder): Promise<void> {
    const { db, files } = this.#deps;
    const same = await new ExportStore(db, order.tenantId).findSame(order);
    if (same?.state !== "done") return;
    const file = await files.open(nameOf(same)).catch(() => undefined);
    if (file?.bytes !== same.bytes) await this.#remove(same);
  }

  async #assertFew(store: ExportStore): Promise<void> {
    const { maxExports } = this.#deps.limits;
    if ((await store.count()) >= maxExports) throw new AppError("export.too_many", { max: maxExports });
  }

  #assertCamera(scope: access.Scope, cameraId: Uuid): void {
    if (!this.#reaches(scope, cameraId)) throw new AppError("device.not_found");
  }

  #reaches({ tenantId, reach }: access.Scope, cameraId: Uuid): boolean {
    const camera = this.#deps.cameras.find(cameraId);
    if (camera?.tenantId !== tenantId) return false;
    return access.reaches(reach, { siteId: camera.siteId, deviceId: cameraId });
  }

  #shown(row: ExportRow): contract.RecordingExport {
    const { cameras, limits, worker } = this.#deps;
    const { endedMs, error } = row;
    const camera = cameras.find(row.cameraId);
    const { ratio = 0, leftMs } = row.state === "running" ? (worker.progressOf(row.id) ?? {}) : {};
    const { id, cameraId, fromMs, toMs, form, speed, state, askedMs, bytes, frames, damaged } = row;
    return {
      ...{ id, cameraId, fromMs, toMs, form, speed, state, askedMs, bytes, frames, damaged },
      cameraName: camera?.tenantId === row.tenantId ? camera.name : "",
      cameraLabel: camera?.tenantId === row.tenantId ? camera.label : "",
      progress: state === "done" ? 1 : ratio,
      ...(leftMs === undefined ? {} : { leftMs }),
      ...(endedMs === undefined ? {} : { endedMs, expiresMs: endedMs + limits.keepMs }),
      ...(error === undefined ? {} : { error }),
    };
  }
}

const exportedEvent = (tenantId: Uuid, id: Uuid, data: AuditEvent["data"] & object): AuditEvent => ({
  kind: "recording.exported",
  tenantId,
  subject: { kind: "device", id },
  data,
});

async function hasFfmpeg(): Promise<boolean> {
  return findFfmpeg().then(
    () => true,
    () => false,
  );
}
