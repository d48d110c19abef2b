import { AppError, type Clock, type UnixMs, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { DAY_MS } from "../model.ts";
import type { Cameras } from "../ports.ts";
import type { CameraEventDatabase } from "../tables.ts";
import { ActivityStore } from "./activity-store.ts";
import type { SearchPorts } from "./ports.ts";
import { walkGrid } from "./walk-grid.ts";
import { type Searcher, wanted } from "./wanted.ts";
import { type ZonedCamera, zonedCameras } from "./zoned-cameras.ts";

const USUAL_DAYS = 28;

export interface ActivityDeps {
  readonly db: CameraEventDatabase;
  readonly clock: Clock;
  readonly cameras: Cameras;
  readonly search: SearchPorts;
}

/** When and where something happens before cameras, over many events. */
export class ActivityService {
  readonly #deps: ActivityDeps;

  constructor(deps: ActivityDeps) {
    this.#deps = deps;
  }

  async activity(searcher: Searcher, query: cameras.EventQuery): Promise<cameras.Activity> {
    const { db, search } = this.#deps;
    const { tenantId } = searcher.scope;
    const filter = await wanted(this.#deps, searcher, query);
    const span = this.#spanOf(filter.fromMs, filter.toMs);
    const known = await zonedCameras(search, searcher.scope, query.site);
    const zoned = known.filter(({ id }) => filter.cameraIds === "all" || filter.cameraIds.includes(id));
    const store = new ActivityStore(db, tenantId);
    const byHour = await store.byHour(filter, zoned, span);
    const byDay = await store.byDay(filter, zoned, span);
    const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
    for (const { weekday, hour, count } of byHour) (week[weekday - 1] as number[])[hour] = count;
    const counted = camerasOf(zoned, byDay);
    return { ...span, total: counted.reduce((sum, { total }) => sum + total, 0), week, cameras: counted };
  }

  /** Refuses `camera.none`. */
  async walked(searcher: Searcher, cameraId: Uuid, query: cameras.EventQuery): Promise<cameras.Walked> {
    if (this.#deps.cameras.find(cameraId) === undefined) throw new AppError("camera.none");
    const filter = await wanted(this.#deps, searcher, { ...query, camera: cameraId });
    const paths = await new ActivityStore(this.#deps.db, searcher.scope.tenantId).paths(filter);
    const { WALK_COLUMNS: columns, WALK_ROWS: rows } = cameras;
    return { columns, rows, cells: walkGrid(paths, columns, rows), events: paths.length };
  }

  #spanOf(fromMs: UnixMs | undefined, toMs: UnixMs | undefined): { fromMs: UnixMs; toMs: UnixMs } {
    const end = toMs ?? this.#deps.clock.nowMs();
    const begin = fromMs ?? end - USUAL_DAYS * DAY_MS;
    if (begin >= end) throw new AppError("request.invalid", { detail: "fromMs" });
    return { fromMs: Math.max(0, begin, end - cameras.LONGEST_ACTIVITY_DAYS * DAY_MS), toMs: end };
  }
}

function camerasOf(
  zoned: readonly ZonedCamera[],
  byDay: Awaited<ReturnType<ActivityStore["byDay"]>>,
): cameras.Activity["cameras"] {
  const days = Map.groupBy(byDay, ({ cameraId }) => cameraId);
  return zoned
    .flatMap(({ id, title, timeZone }) => {
      const found = days.get(id);
      if (found === undefined) return [];
      const total = found.reduce((sum, { count }) => sum + count, 0);
      return [{ id, name: title, timeZone, total, days: found.map(({ day, count }) => ({ day, count })) }];
    })
    .toSorted((one, other) => other.total - one.total || one.name.localeCompare(other.name));
}
