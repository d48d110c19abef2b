import { AppError, type Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { JobDefinition } from "../../../platform/jobs/jobs.ts";
import { DAY_MS } from "../model.ts";
import { type DaySummaryDeps, daySummaries } from "./day-summary.ts";
import { MorningStore } from "./morning-store.ts";

export const DEFAULT_MORNING: cameras.SummarySettings = { enabled: false, hour: 7, channelIds: [] };

export interface MorningDeps extends DaySummaryDeps {
  readonly audit: AuditTrail;
}

/** Yesterday's summary each morning, to the channels that an organisation chose. */
export class Morning {
  readonly #deps: MorningDeps;

  constructor(deps: MorningDeps) {
    this.#deps = deps;
  }

  async settings(tenantId: Uuid): Promise<cameras.SummarySettings> {
    return (await new MorningStore(this.#deps.db).find(tenantId)) ?? DEFAULT_MORNING;
  }

  /** Refuses `channel.not_found`, and `request.invalid` for a summary that is to be sent nowhere. */
  async choose(tenantId: Uuid, chosen: cameras.SummarySettings): Promise<cameras.SummarySettings> {
    const { audit, db, search } = this.#deps;
    if (chosen.enabled && chosen.channelIds.length === 0)
      throw new AppError("request.invalid", { field: "channelIds" });
    if ((await search.mornings.unknownChannels(tenantId, chosen.channelIds)).length > 0)
      throw new AppError("channel.not_found");
    const before = await this.settings(tenantId);
    await db.transaction().execute(async (tx) => {
      await new MorningStore(tx).save(tenantId, chosen);
      await audit.record(tx, {
        kind: "settings.changed",
        tenantId,
        subject: { kind: "tenant", id: tenantId },
        data: { from: { daySummary: before }, to: { daySummary: chosen } },
      });
    });
    return chosen;
  }

  /** What is due: from its hour on, once a day, also when the server was away then. */
  async send(): Promise<void> {
    const { db, search } = this.#deps;
    let sent = false;
    for (const settings of await new MorningStore(db).enabled())
      if (this.#hourIn(search.mornings.timeZoneOf(settings.tenantId)) >= settings.hour)
        sent = (await this.#sendOf(settings)) || sent;
    if (sent) search.mornings.wake();
  }

  /** Counted and queued in one transaction: nobody gets a day twice, and none is lost. */
  async #sendOf({
    tenantId,
    channelIds,
  }: cameras.SummarySettings & { readonly tenantId: Uuid }): Promise<boolean> {
    const { clock, db, search } = this.#deps;
    const timeZone = search.mornings.timeZoneOf(tenantId);
    const day = new Intl.DateTimeFormat("en-CA", { timeZone }).format(clock.nowMs() - DAY_MS);
    const sites = await daySummaries(this.#deps, { tenantId, reach: "all" }, { day });
    return db.transaction().execute(async (tx) => {
      if (!(await new MorningStore(tx).claim(tenantId, day))) return false;
      await search.mornings.tell(tx, { tenantId, channelIds, day, sites });
      return true;
    });
  }

  #hourIn(timeZone: string): number {
    const { clock } = this.#deps;
    const hour = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
    return Number(hour.format(clock.nowMs()));
  }
}

export const morningJob = (morning: Morning): JobDefinition => ({
  name: "camera_events.morning",
  cron: "*/5 * * * *",
  run: () => morning.send(),
});
