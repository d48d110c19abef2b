import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { AuditEvent } from "../../platform/audit/index.ts";
import type { RecordingContext } from "./context.ts";
import { markErased } from "./erase-store.ts";
import type { Recorder } from "./recording/recorder.ts";
import type { RecordingDatabase } from "./tables.ts";
import type { Recovery } from "./upkeep/recovery.ts";

export interface Erased {
  readonly segments: number;
  readonly bytes: number;
}

/** What was made of recordings and is kept apart from them, erased with them. */
export interface MadeOfThem {
  /** In the same transaction; what it answers destroys keys and files after the commit. */
  markErased(
    tx: RecordingDatabase,
    camera: Camera,
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): Promise<() => Promise<void>>;
}

interface Camera {
  readonly tenantId: Uuid;
  readonly cameraId: Uuid;
}

/**
 * Erases by destroying keys. The rows are marked together with the entry in the audit log; then keys and files go. A
 * crash in between is made good at the next start.
 */
export class Erasure {
  readonly #context: RecordingContext;
  readonly #recorder: Recorder;
  readonly #recovery: Recovery;
  readonly #made: readonly MadeOfThem[];

  constructor(
    context: RecordingContext,
    recorder: Recorder,
    recovery: Recovery,
    made: readonly MadeOfThem[],
  ) {
    this.#context = context;
    this.#recorder = recorder;
    this.#recovery = recovery;
    this.#made = made;
  }

  /** Whole segments that overlap the span; what is being written is sealed first. Refuses `segment.range_invalid`. */
  async erase(
    camera: Camera,
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    reason: string,
  ): Promise<Erased> {
    if (!(span.fromMs < span.toMs)) throw new AppError("segment.range_invalid");
    await this.#recorder.endSegment(camera.cameraId);
    return this.#erase(camera, span, { personal: { reason } });
  }

  /** A device that is removed takes along what it recorded. */
  async eraseCamera(camera: Camera): Promise<void> {
    await this.#recorder.endSegment(camera.cameraId);
    const forever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    await this.#erase(camera, forever, { actor: { kind: "system" } }, "device_removed");
  }

  async #erase(
    camera: Camera,
    { fromMs, toMs }: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
    more: Partial<AuditEvent>,
    cause?: string,
  ): Promise<Erased> {
    const { audit, copies, db, room } = this.#context;
    const { tenantId, cameraId } = camera;
    const erased = await db.transaction().execute(async (tx) => {
      const marked = await markErased(tx, camera, { fromMs, toMs });
      if (marked.length > 0)
        await copies?.erase(
          tx,
          tenantId,
          marked.map(({ segmentId }) => segmentId),
        );
      const bytes = marked.reduce((sum, one) => sum + one.bytes, 0);
      // Whole segments go: what was made of them may begin before the span, or end after it.
      const whole = {
        fromMs: marked.reduce((first, { firstMs }) => Math.min(first, firstMs), fromMs),
        toMs: marked.reduce((last, { lastMs }) => Math.max(last, lastMs), toMs),
      };
      const finish: (() => Promise<void>)[] = [];
      for (const made of this.#made) finish.push(await made.markErased(tx, camera, whole));
      if (cause === undefined || marked.length > 0)
        await audit.record(tx, {
          kind: "recording.erased",
          tenantId,
          subject: { kind: "device", id: cameraId },
          data: { segments: marked.length, bytes, ...(cause === undefined ? { fromMs, toMs } : { cause }) },
          ...more,
        });
      return { marked, bytes, finish };
    });
    for (const segment of erased.marked) await this.#recovery.finishErasing(segment);
    for (const finish of erased.finish) await finish();
    await room.recount(tenantId);
    return { segments: erased.marked.length, bytes: erased.bytes };
  }
}
