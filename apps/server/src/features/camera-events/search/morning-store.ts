import type { Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { sql } from "kysely";
import type { CameraEventDatabase } from "../tables.ts";

/** Whether, when and where organisations have yesterday's summary sent. */
export class MorningStore {
  readonly #db: CameraEventDatabase;

  constructor(db: CameraEventDatabase) {
    this.#db = db;
  }

  async find(tenantId: Uuid): Promise<cameras.SummarySettings | undefined> {
    const row = await this.#db
      .selectFrom("camera_event_summaries")
      .select(["enabled", "hour", "channel_ids as channelIds"])
      .where("tenant_id", "=", tenantId)
      .executeTakeFirst();
    return row;
  }

  async save(tenantId: Uuid, { enabled, hour, channelIds }: cameras.SummarySettings): Promise<void> {
    const values = { enabled, hour, channel_ids: [...channelIds] };
    await this.#db
      .insertInto("camera_event_summaries")
      .values({ tenant_id: tenantId, last_day: null, ...values })
      .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(values))
      .execute();
  }

  async enabled(): Promise<(cameras.SummarySettings & { readonly tenantId: Uuid })[]> {
    return this.#db
      .selectFrom("camera_event_summaries")
      .select(["tenant_id as tenantId", "enabled", "hour", "channel_ids as channelIds"])
      .where("enabled", "=", true)
      .execute();
  }

  /** False: the summary of this day, or of a later one, was sent before. */
  async claim(tenantId: Uuid, day: string): Promise<boolean> {
    const { numAffectedRows = 0n } = await sql`
      update camera_event_summaries set last_day = ${day}::date
      where tenant_id = ${tenantId} and enabled and (last_day is null or last_day < ${day}::date)`.execute(
      this.#db,
    );
    return numAffectedRows === 1n;
  }
}
