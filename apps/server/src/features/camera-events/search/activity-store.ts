import type { UnixMs, Uuid } from "@gatehouse/base";
import { sql } from "kysely";
import type { CameraEventDatabase } from "../tables.ts";
import { type EventFilter, matching } from "./event-filter-store.ts";
import type { ZonedCamera } from "./zoned-cameras.ts";

/** Events that overlap another hour or day are counted where they began. */
interface Span {
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** Paths of so many events show where people walk. */
const MAX_PATHS = 2_000;

export class ActivityStore {
  readonly #db: CameraEventDatabase;
  readonly #tenantId: Uuid;

  constructor(db: CameraEventDatabase, tenantId: Uuid) {
    this.#db = db;
    this.#tenantId = tenantId;
  }

  /** `weekday` 1 is Monday. */
  async byHour(
    filter: EventFilter,
    zoned: readonly ZonedCamera[],
    span: Span,
  ): Promise<{ readonly weekday: number; readonly hour: number; readonly count: number }[]> {
    return this.#begun(filter, zoned, span)
      .select([
        sql<number>`extract(isodow from start_at at time zone place.zone)::int`.as("weekday"),
        sql<number>`extract(hour from start_at at time zone place.zone)::int`.as("hour"),
        sql<number>`count(*)::int`.as("count"),
      ])
      .groupBy(["weekday", "hour"])
      .execute();
  }

  /** Oldest day first. */
  async byDay(
    filter: EventFilter,
    zoned: readonly ZonedCamera[],
    span: Span,
  ): Promise<{ readonly cameraId: Uuid; readonly day: string; readonly count: number }[]> {
    return this.#begun(filter, zoned, span)
      .select([
        "camera_id as cameraId",
        sql<string>`to_char(start_at at time zone place.zone, 'YYYY-MM-DD')`.as("day"),
        sql<number>`count(*)::int`.as("count"),
      ])
      .groupBy(["cameraId", "day"])
      .orderBy("day")
      .execute();
  }

  /** Of the newest events, each a list of places as shares of the picture. */
  async paths(filter: EventFilter): Promise<readonly (readonly (readonly [number, number])[])[]> {
    const rows = await matching(this.#db, this.#tenantId, filter)
      .select(sql<[number, number][]>`detection -> 'path'`.as("path"))
      .where("detection", "is not", null)
      .orderBy("start_at", "desc")
      .limit(MAX_PATHS)
      .execute();
    return rows.map(({ path }) => path);
  }

  #begun(filter: EventFilter, zoned: readonly ZonedCamera[], { fromMs, toMs }: Span) {
    const ids = zoned.map(({ id }) => id);
    const zones = zoned.map(({ timeZone }) => timeZone);
    const place = sql<{ camera: string; zone: string }>`unnest(${ids}::uuid[], ${zones}::text[])`;
    const { fromMs: _, toMs: __, ...rest } = filter;
    return matching(this.#db, this.#tenantId, { ...rest, cameraIds: ids })
      .innerJoin(place.as<"place">(sql`place (camera, zone)`), "place.camera", "camera_events.camera_id")
      .where("start_at", ">=", new Date(fromMs))
      .where("start_at", "<", new Date(toMs));
  }
}
