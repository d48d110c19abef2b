import { AppError, type UnixMs, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { OffsiteContext } from "./context.ts";
import { reasonOf, saidOf } from "./copying/failures.ts";
import { openRemote } from "./remotes/open-remote.ts";
import type { TargetRecord } from "./targets/target-store.ts";

export interface Wanted {
  readonly cameraId?: Uuid;
  readonly fromMs?: UnixMs;
  readonly toMs?: UnixMs;
}

type Run = { -readonly [K in keyof cameras.OffsiteRestore]: cameras.OffsiteRestore[K] };

/** Fetches copies back into the recordings, one run at a time for each target. */
export class Restoring {
  readonly #context: OffsiteContext;
  readonly #runs = new Map<Uuid, Run>();
  readonly #stopping = new AbortController();

  constructor(context: OffsiteContext) {
    this.#context = context;
  }

  /** The run that goes on, or the last one since the start. */
  of(targetId: Uuid): cameras.OffsiteRestore | undefined {
    return this.#runs.get(targetId);
  }

  /** Refuses `offsite.target_not_found`, `request.conflict` while one goes on. */
  async begin(tenantId: Uuid, targetId: Uuid, wanted: Wanted): Promise<cameras.OffsiteRestore> {
    const { audit, db, log, targets } = this.#context;
    const target = await targets.find(targetId, tenantId);
    if (target === undefined) throw new AppError("offsite.target_not_found");
    if (this.#runs.get(targetId)?.running === true) throw new AppError("request.conflict");
    const run: Run = { running: true, looked: 0, taken: 0, bytes: 0, known: 0, foreign: 0 };
    this.#runs.set(targetId, run);
    await db.transaction().execute((tx) =>
      audit.record(tx, {
        kind: "offsite.restored",
        tenantId,
        subject: { kind: "offsite_target", id: targetId },
        data: { ...wanted },
      }),
    );
    this.#run(target, wanted, run)
      .catch((error: unknown) => {
        run.failure = saidOf(reasonOf(error));
        log.warn({ err: error, targetId }, "offsite.restore_failed");
      })
      .finally(() => {
        run.running = false;
        log.info({ targetId, ...run }, "offsite.restore_ended");
      });
    return { ...run };
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(target: TargetRecord, { cameraId, fromMs = 0, toMs }: Wanted, run: Run): Promise<void> {
    const { segments } = this.#context;
    const { tenantId } = target;
    const { signal } = this.#stopping;
    const remote = openRemote(this.#context, target);
    for (const { generation, sealed } of await remote.wrappingKeys(tenantId, signal))
      await segments.learnWrappingKey(tenantId, generation, sealed);
    const span = { fromMs, toMs: toMs ?? Number.MAX_SAFE_INTEGER };
    for await (const name of remote.list(tenantId, signal)) {
      signal.throwIfAborted();
      if (cameraId !== undefined && name.cameraId !== cameraId) continue;
      run.looked++;
      const copy = {
        read: (file: "segment" | "key", from: number, to: number) =>
          remote.read(name, file, from, to, signal),
      };
      const { outcome, bytes } = await segments.takeIn(name, copy, span);
      if (outcome === "no_room") {
        run.noRoom = true;
        return;
      }
      if (outcome === "taken") run.taken++;
      if (outcome === "known") run.known++;
      if (outcome === "foreign" || outcome === "missing") run.foreign++;
      run.bytes += bytes;
    }
  }
}
