import { AppError, type Clock, type UnixMs, type Uuid } from "@gatehouse/base";
import type { access, cameras, ReplyOf } from "@gatehouse/contract";
import type { AgentEyes } from "./agent-eyes.ts";
import { EventQueryStore, findEvent } from "./event-store.ts";
import type { EventKeeper } from "./keeper.ts";
import { type KeptEvent, parseCursor } from "./model.ts";
import type { Cameras, Recorded } from "./ports.ts";
import type { CameraEventDatabase } from "./tables.ts";
import type { Watcher } from "./watcher.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export interface ListQuery {
  readonly camera?: Uuid;
  readonly site?: Uuid;
  readonly kinds?: string;
  readonly fromMs?: string;
  readonly toMs?: string;
  readonly before?: string;
  readonly limit?: string;
}

export interface EventServiceDeps {
  readonly db: CameraEventDatabase;
  readonly cameras: Cameras;
  readonly recorded: Recorded;
  readonly keeper: EventKeeper;
  readonly watcher: Watcher;
  readonly agents: AgentEyes;
  readonly clock: Clock;
}

/** Events and the gate's view, as people ask for them. */
export class EventService {
  readonly #deps: EventServiceDeps;

  constructor(deps: EventServiceDeps) {
    this.#deps = deps;
  }

  async list(scope: access.Scope, query: ListQuery): Promise<ReplyOf<typeof cameras.listCameraEvents>> {
    const before = query.before === undefined ? undefined : parseCursor(query.before);
    if (query.before !== undefined && before === undefined)
      throw new AppError("request.invalid", { detail: "before" });
    const filter = {
      cameraIds: this.#wanted(scope, query),
      kinds: query.kinds === undefined ? undefined : query.kinds.split(","),
      fromMs: timeOf(query.fromMs),
      toMs: timeOf(query.toMs),
    };
    const store = new EventQueryStore(this.#deps.db, scope.tenantId);
    const limit = Math.max(1, Math.min(MAX_LIMIT, Number(query.limit ?? DEFAULT_LIMIT)));
    const found = await store.list(filter, { before, limit });
    return { items: await this.#toEvents(scope.tenantId, found), total: await store.count(filter) };
  }

  async get({ tenantId }: access.Scope, id: Uuid): Promise<cameras.CameraEvent> {
    const found = await findEvent(this.#deps.db, id);
    if (found === undefined || found.tenantId !== tenantId) throw new AppError("camera_event.not_found");
    const [event] = await this.#toEvents(tenantId, [found]);
    return event as cameras.CameraEvent;
  }

  /** The frame that shows it best, of what is recorded of it. */
  async picture(who: Parameters<Recorded["still"]>[0], id: Uuid): Promise<Uint8Array> {
    const found = await findEvent(this.#deps.db, id);
    if (found?.tenantId !== who.tenantId) throw new AppError("camera_event.not_found");
    const { cameraId, startMs, endMs, bestMs } = this.#deps.keeper.newest(found);
    const toMs = endMs ?? this.#deps.clock.nowMs();
    return this.#deps.recorded.still(who, cameraId, { atMs: bestMs, fromMs: startMs, toMs });
  }

  motionView(cameraId: Uuid): cameras.MotionView {
    if (this.#deps.cameras.find(cameraId) === undefined) throw new AppError("camera.none");
    const { agents, watcher } = this.#deps;
    const view = agents.judges(cameraId) ? agents.view(cameraId) : watcher.find(cameraId)?.view();
    if (view === undefined) throw new AppError("camera.no_picture");
    return view;
  }

  #wanted(scope: access.Scope, { camera, site }: ListQuery): "all" | readonly Uuid[] {
    const within = this.#deps.cameras.within(scope, site);
    if (camera === undefined) return within;
    return within === "all" || within.includes(camera) ? [camera] : [];
  }

  async #toEvents(tenantId: Uuid, kept: readonly KeptEvent[]): Promise<cameras.CameraEvent[]> {
    const nowMs = this.#deps.clock.nowMs();
    const events = kept.map((event) => this.#deps.keeper.newest(event));
    const spans = events.map(({ cameraId, startMs, endMs }) => ({
      cameraId,
      fromMs: startMs,
      toMs: endMs ?? nowMs,
    }));
    const recorded = events.length === 0 ? [] : await this.#deps.recorded.coverage(tenantId, spans);
    return events.map(({ id, cameraId, kind, startMs, endMs, strength, zones, bestMs }, i) => ({
      id,
      cameraId,
      cameraName: this.#deps.cameras.find(cameraId)?.name ?? "",
      cameraLabel: this.#deps.cameras.find(cameraId)?.label ?? "",
      kind,
      startMs,
      ...(endMs === undefined ? {} : { endMs }),
      strength,
      zones: [...zones],
      bestMs,
      recorded: recorded[i] ?? "none",
    }));
  }
}

const timeOf = (text: string | undefined): UnixMs | undefined =>
  text === undefined ? undefined : Number(text);
