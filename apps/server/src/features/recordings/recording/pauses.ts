import type { Clock, Logger, MonotonicMs, UnixMs, Uuid } from "@gatehouse/base";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { PauseReason } from "../room/room.ts";
import type { RecordingDatabase } from "../tables.ts";

/** How often it is tried again. */
const RETRY_MS = 5_000;

export interface Pause {
  readonly reason: PauseReason;
  readonly sinceMs: UnixMs;
}

interface PauseDeps {
  readonly db: RecordingDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly audit: AuditTrail;
}

/** Recording stops loudly where there is no room, and goes on by itself: both are in the audit log. */
export class Pauses {
  readonly #deps: PauseDeps;
  readonly #paused = new Map<Uuid, Pause & { retryMs: MonotonicMs }>();
  #telling: Promise<void> = Promise.resolve();

  constructor(deps: PauseDeps) {
    this.#deps = deps;
  }

  of(tenantId: Uuid): Pause | undefined {
    const paused = this.#paused.get(tenantId);
    return paused && { reason: paused.reason, sinceMs: paused.sinceMs };
  }

  /** False while it runs, and once in a while to try again. */
  isPaused(tenantId: Uuid): boolean {
    const paused = this.#paused.get(tenantId);
    if (paused === undefined) return false;
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs < paused.retryMs) return true;
    paused.retryMs = nowMs + RETRY_MS;
    return false;
  }

  pause(tenantId: Uuid, reason: PauseReason): void {
    const { clock } = this.#deps;
    const paused = this.#paused.get(tenantId);
    const sinceMs = paused?.sinceMs ?? clock.nowMs();
    this.#paused.set(tenantId, { reason, sinceMs, retryMs: clock.monotonicMs() + RETRY_MS });
    if (paused?.reason === reason) return;
    this.#deps.log.error({ tenantId, reason }, "recordings.paused");
    this.#tell("recording.paused", tenantId, { reason });
  }

  /** A chunk was written. */
  wrote(tenantId: Uuid): void {
    const paused = this.#paused.get(tenantId);
    if (paused === undefined) return;
    this.#paused.delete(tenantId);
    const { reason, sinceMs } = paused;
    this.#deps.log.warn({ tenantId, reason, sinceMs }, "recordings.resumed");
    this.#tell("recording.resumed", tenantId, { reason, sinceMs });
  }

  /** Resolves when all is told. */
  idle(): Promise<void> {
    return this.#telling;
  }

  /** In order: nobody reads that it went on before it stopped. */
  #tell(kind: "recording.paused" | "recording.resumed", tenantId: Uuid, data: Record<string, unknown>): void {
    const { audit, db, log } = this.#deps;
    this.#telling = this.#telling
      .then(() =>
        db
          .transaction()
          .execute((tx) => audit.record(tx, { kind, tenantId, actor: { kind: "system" }, data })),
      )
      .catch((err: unknown) => log.error({ err, tenantId, kind }, "recordings.not_told"));
  }
}
