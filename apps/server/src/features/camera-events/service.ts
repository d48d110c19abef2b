import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import type { access, cameras, ReplyOf } from "@gatehouse/contract";
import type { AgentEyes } from "./agent-eyes.ts";
import type { Looker } from "./detection/looker.ts";
import { EventQueryStore } from "./event-store.ts";
import type { EventKeeper } from "./keeper.ts";
import { aroundOf, type KeptEvent, parseCursor } from "./model.ts";
import { ownEvent } from "./own-event.ts";
import type { Cameras, Recorded } from "./ports.ts";
import type { SearchPorts } from "./search/ports.ts";
import { type Searcher, wanted } from "./search/wanted.ts";
import type { CameraEventDatabase } from "./tables.ts";
import type { Watcher } from "./watcher.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export interface EventServiceDeps {
  readonly db: CameraEventDatabase;
  readonly cameras: Cameras;
  readonly recorded: Recorded;
  readonly keeper: EventKeeper;
  readonly watcher: Watcher;
  readonly looker: Looker;
  readonly agents: AgentEyes;
  readonly clock: Clock;
  readonly search: SearchPorts;
}

/** Events and the gate's view, as people ask for them. */
export class EventService {
  readonly #deps: EventServiceDeps;

  constructor(deps: EventServiceDeps) {
    this.#deps = deps;
  }

  async list(
    searcher: Searcher,
    query: cameras.EventPageQuery,
  ): Promise<ReplyOf<typeof cameras.listCameraEvents>> {
    const before = query.before === undefined ? undefined : parseCursor(query.before);
    if (query.before !== undefined && before === undefined)
      throw new AppError("request.invalid", { detail: "before" });
    const { tenantId } = searcher.scope;
    const filter = await wanted(this.#deps, searcher, query);
    const store = new EventQueryStore(this.#deps.db, tenantId);
    const limit = Math.max(1, Math.min(MAX_LIMIT, Number(query.limit ?? DEFAULT_LIMIT)));
    const found = await store.list(filter, { before, limit });
    const items = await this.#toEvents(tenantId, found);
    return {
      items: searcher.maySeeCases ? await this.#withCases(tenantId, items) : items,
      total: await store.count(filter),
    };
  }

  async get({ tenantId }: access.Scope, id: Uuid): Promise<cameras.CameraEvent> {
    const [event] = await this.#toEvents(tenantId, [await ownEvent(this.#deps.db, tenantId, id)]);
    return event as cameras.CameraEvent;
  }

  /** The frame that shows it best, of what is recorded of it. */
  async picture(who: Parameters<Recorded["still"]>[0], id: Uuid): Promise<Uint8Array> {
    const found = await ownEvent(this.#deps.db, who.tenantId, id);
    const { cameraId, startMs, endMs, bestMs } = this.#deps.keeper.newest(found);
    const toMs = endMs ?? this.#deps.clock.nowMs();
    return this.#deps.recorded.still(who, cameraId, { atMs: bestMs, fromMs: startMs, toMs });
  }

  /** What proves its clip, with the camera's pre-roll and post-roll. */
  async evidence(who: Parameters<Recorded["still"]>[0], id: Uuid): Promise<cameras.ClipEvidence> {
    const { cameras, clock, db, keeper, recorded } = this.#deps;
    const { cameraId, startMs, endMs } = keeper.newest(await ownEvent(db, who.tenantId, id));
    const { beforeMs, afterMs } = aroundOf(cameras.settingsOf(cameraId));
    const fromMs = startMs - beforeMs;
    const nowMs = clock.nowMs();
    const toMs = endMs === undefined ? nowMs : endMs + afterMs;
    const isOver = endMs !== undefined && toMs < nowMs;
    return {
      eventId: id,
      ...(await recorded.clipEvidence(who, cameraId, { fromMs, toMs, eventId: id }, isOver)),
    };
  }

  detectionView(cameraId: Uuid): cameras.DetectionView {
    if (this.#deps.cameras.find(cameraId) === undefined) throw new AppError("camera.none");
    const { agents, looker } = this.#deps;
    return agents.detectsItself(cameraId) ? agents.detectionView(cameraId) : looker.view(cameraId);
  }

  motionView(cameraId: Uuid): cameras.MotionView {
    if (this.#deps.cameras.find(cameraId) === undefined) throw new AppError("camera.none");
    const { agents, watcher } = this.#deps;
    const view = agents.judges(cameraId) ? agents.view(cameraId) : watcher.find(cameraId)?.view();
    if (view === undefined) throw new AppError("camera.no_picture");
    return view;
  }

  async #withCases(tenantId: Uuid, events: readonly cameras.CameraEvent[]): Promise<cameras.CameraEvent[]> {
    const ids = events.map(({ id }) => id);
    const found = Map.groupBy(await this.#deps.search.cases.casesOf(tenantId, ids), ({ eventId }) => eventId);
    return events.map((event) => {
      const collected = found.get(event.id);
      if (collected === undefined) return event;
      return { ...event, cases: collected.map(({ id, number, title }) => ({ id, number, title })) };
    });
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
    return events.map((event, i) => this.#toEvent(event, recorded[i] ?? "none"));
  }

  #toEvent(event: KeptEvent, recorded: cameras.CameraEvent["recorded"]): cameras.CameraEvent {
    const { id, cameraId, kind, startMs, endMs, strength, bestMs } = event;
    const { zones, detection, verdict, handedOver, keptAtCamera = false } = event;
    const camera = this.#deps.cameras.find(cameraId);
    return {
      ...{ id, cameraId, kind, startMs, strength, bestMs, recorded, keptAtCamera },
      cameraName: camera?.name ?? "",
      cameraLabel: camera?.label ?? "",
      zones: [...zones],
      ...(endMs === undefined ? {} : { endMs }),
      ...(detection === undefined ? {} : { detection }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(handedOver === undefined ? {} : { handedOver }),
    };
  }
}
