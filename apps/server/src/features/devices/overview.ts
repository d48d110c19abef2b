import type { Timer } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { DevicesContext } from "./context.ts";
import {
  countPendingClaims,
  type ExpiringCertificate,
  listExpiringCertificates,
  listFleetSlots,
  listOffline,
  type OfflineDevice,
  putFleetSlots,
} from "./overview-store.ts";
import { noDevices, type StatusCounts } from "./presence/presence.ts";
import { DAY_MS, firstSlotMs, SLOT_MS, sparkOf, startOf } from "./refusals/slots.ts";

const SAMPLE_EVERY_MS = 60_000;
const WARN_BEFORE_MS = 30 * DAY_MS;
const SHOWN = 10;

export interface DeviceOverview {
  readonly counts: Readonly<StatusCounts> & { readonly total: number };
  /** Most devices online, 40 steps over 24 h. */
  readonly spark: number[];
  readonly offline: readonly OfflineDevice[];
  readonly expiringCertificates: readonly ExpiringCertificate[];
  readonly pendingClaims: number;
}

/** The devices' part of the first page, and the record of how many were online. */
export class OverviewService {
  readonly #context: DevicesContext;
  #timer: Timer | undefined;

  constructor(context: DevicesContext) {
    this.#context = context;
  }

  start(): void {
    this.#timer = this.#context.clock.every(SAMPLE_EVERY_MS, () => {
      this.sample().catch((error: unknown) =>
        this.#context.log.warn({ err: error }, "devices.sample_failed"),
      );
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async sample(): Promise<void> {
    const { db, clock, presence } = this.#context;
    const online = [...presence.tenants()].map((id) => [id, presence.counts(id).online] as const);
    await putFleetSlots(db, startOf(clock.nowMs(), SLOT_MS), online);
  }

  async read(scope: access.Scope): Promise<DeviceOverview> {
    const { db, clock, presence } = this.#context;
    await presence.flush();
    const nowMs = clock.nowMs();
    const isWhole = scope.reach === "all";
    const counts = isWhole ? presence.counts(scope.tenantId) : this.#countsWithin(scope);
    const range = { nowMs, untilMs: nowMs + WARN_BEFORE_MS, limit: SHOWN };
    const [slots, offline, expiringCertificates, pendingClaims] = await Promise.all([
      // Recorded of the organisation as a whole: nothing to show of a part.
      isWhole ? listFleetSlots(db, scope.tenantId, firstSlotMs(nowMs)) : [],
      listOffline(db, scope, SHOWN),
      listExpiringCertificates(db, scope, range),
      countPendingClaims(db, scope, nowMs),
    ]);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const spark = sparkOf(slots, nowMs, Math.max);
    return { counts: { ...counts, total }, spark, offline, expiringCertificates, pendingClaims };
  }

  #countsWithin(scope: access.Scope): StatusCounts {
    const { directory, presence } = this.#context;
    const counts = noDevices();
    for (const deviceId of directory.idsWithin(scope)) counts[presence.find(deviceId)?.status ?? "never"]++;
    return counts;
  }
}
