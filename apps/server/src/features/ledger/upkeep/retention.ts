import type { Clock, Logger, Uuid } from "@gatehouse/base";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { LogStore } from "../log-store.ts";
import type { LedgerPeople, LedgerSettings } from "../ports.ts";
import { sealEntries } from "./erasure-store.ts";

export interface RetentionDeps {
  readonly store: LogStore;
  readonly audit: AuditTrail;
  readonly settings: LedgerSettings;
  readonly people: Pick<LedgerPeople, "isHost">;
  readonly clock: Clock;
  readonly log: Logger;
}

const DAY_MS = 86_400_000;
/** Sealed in one transaction, and said in one entry. */
const SEALED_AT_ONCE = 5_000;

/**
 * Seals what is older than its organisation keeps: event and personal values go, place and leaf hash stay, and the log
 * says up to where and how many. The host's rule holds for what concerns no organisation.
 */
export async function sealOld(deps: RetentionDeps, signal: AbortSignal): Promise<void> {
  const { settings, people } = deps;
  for (const tenantId of await settings.tenants()) {
    const days = settings.retentionDays(tenantId);
    await sealOldOf(deps, tenantId, days, signal);
    if (await people.isHost(tenantId)) await sealOldOf(deps, undefined, days, signal);
  }
}

async function sealOldOf(
  { store, audit, clock, log }: RetentionDeps,
  tenantId: Uuid | undefined,
  days: number,
  signal: AbortSignal,
): Promise<void> {
  const beforeMs = clock.nowMs() - days * DAY_MS;
  for (const { id: logId } of await store.all()) {
    const covered = (await store.lastCheckpoint(logId))?.size ?? 0;
    let isMore = true;
    while (isMore && !signal.aborted) {
      isMore = await store.transaction(async (_store, tx) => {
        const limits = { beforeMs, covered, limit: SEALED_AT_ONCE };
        const { count, beforeIndex } = await sealEntries(tx, { logId, tenantId }, limits);
        if (count === 0) return false;
        const data = { log: logId, beforeIndex, count, olderThanDays: days };
        await audit.record(tx, { kind: "ledger.sealed", tenantId, data, actor: { kind: "system" } });
        log.info({ tenantId, logId, count, beforeIndex }, "ledger.sealed");
        return count === SEALED_AT_ONCE;
      });
    }
  }
}
