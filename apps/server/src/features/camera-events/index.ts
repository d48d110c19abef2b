import type { Clock, ErrorCode, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Controls } from "../../platform/controls.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { AgentEyes } from "./agent-eyes.ts";
import { AgentFetches } from "./agent-fetches.ts";
import { AgentModels } from "./agent-models.ts";
import { AgentVisits } from "./agent-visits.ts";
import { Alarms } from "./alarms.ts";
import { MotionDensity, type Strengths } from "./density.ts";
import { Looker } from "./detection/looker.ts";
import type { Lookout } from "./detection/lookout.ts";
import { DeviceSigns } from "./device-signs.ts";
import { armedEventsSince, EventQueryStore, findEvent } from "./event-store.ts";
import { fetchRoutes } from "./fetch-routes.ts";
import { cameraEventJobs } from "./jobs.ts";
import { EventKeeper } from "./keeper.ts";
import { createCameraEvents as createTables } from "./migrations/001-camera-events.ts";
import { createDetections } from "./migrations/002-detections-and-verdicts.ts";
import { createSiteArming } from "./migrations/003-site-arming.ts";
import { createEventSearch } from "./migrations/004-event-search.ts";
import type { KeptEvent } from "./model.ts";
import type { AgentClips, CameraLine, Cameras, Detectors, Frames, Pins, Recorded } from "./ports.ts";
import { cameraEventRoutes } from "./routes.ts";
import { ActivityService } from "./search/activity.ts";
import { Morning, morningJob } from "./search/morning.ts";
import type { SearchPorts } from "./search/ports.ts";
import { searchRoutes } from "./search/search-routes.ts";
import { EventService } from "./service.ts";
import { FrameSight } from "./sight.ts";
import type { CameraEventDatabase } from "./tables.ts";
import { Watcher } from "./watcher.ts";

export type { Strengths } from "./density.ts";
export { aroundOf, type KeptEvent } from "./model.ts";
export type { CameraLine, Cameras, Frames, Pin, Pins, Recorded } from "./ports.ts";
export type { SearchPorts } from "./search/ports.ts";
export type { CameraEventTables } from "./tables.ts";

export const cameraEventsMigrations: FeatureMigrations = {
  feature: "camera-events",
  migrations: [createTables, createDetections, createSiteArming, createEventSearch],
};

const WRITE_EVERY_MS = 1_000;
const DENSITY_EVERY_MS = 30_000;

export interface CameraEventsDeps {
  readonly controls?: Controls;
  readonly db: CameraEventDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly audit: AuditTrail;
  readonly frames: Frames;
  readonly cameras: Cameras;
  readonly detectors: Detectors;
  readonly pins: Pins;
  readonly recorded: Recorded;
  readonly line: CameraLine;
  readonly clips: AgentClips;
  readonly search: SearchPorts;
}

export interface CameraEventsFeature extends Feature {
  /** An event of another source, as it is now: again with the same id to change it. With its first `alarmMs` it is decided whether it is armed. */
  readonly put: EventKeeper["put"];
  /** Resolves when it was tried to write what was put; false while it still waits. */
  written(id: Uuid): Promise<boolean>;
  /** One event, of whichever organisation. */
  find(id: Uuid): Promise<KeptEvent | undefined>;
  /** Events that were due an alarm since, oldest first: for what was not told of them before a crash. */
  alarmsSince(sinceMs: UnixMs): Promise<readonly KeptEvent[]>;
  /** What the door for devices hears of cameras whose own machines judge what they see. */
  readonly said: AgentEyes["said"];
  /** Whether the camera's own machine seals what it records. */
  sealsItself(cameraId: Uuid): boolean;
  /** Events that overlap the span, by camera and start; at most `limit` of each camera. */
  eventsIn(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    fromMs: UnixMs,
    toMs: UnixMs,
    limit: number,
  ): Promise<readonly KeptEvent[]>;
  /** Of each camera the strongest motion in each of `buckets` equal parts of the span: 0…9, -1 where nobody looked. */
  strengthIn(
    tenantId: Uuid,
    cameraIds: readonly Uuid[],
    fromMs: UnixMs,
    toMs: UnixMs,
    buckets: number,
  ): Promise<Strengths>;
  /** Whether an event goes on; undefined where nobody looks for one. */
  isMoving(cameraId: Uuid): boolean | undefined;
  /** What the newest look at a camera's pictures found, here or at its own machine; undefined before the first. */
  found(cameraId: Uuid): Lookout["found"];
  /** Since start: pictures looked at, and such that could not be decoded. */
  stats(): { readonly looks: number; readonly failed: number };
  /** Since start: looks for people, frames that newer ones came before, looks that failed, and what all took. */
  detectionStats(): ReturnType<Looker["stats"]>;
  /** Why nobody is looked for before a camera, as a code; undefined while all is well. */
  detectionProblemOf(cameraId: Uuid): ErrorCode | undefined;
  /** Resolves when what was seen so far is judged and written. */
  idle(): Promise<void>;
}

export function createCameraEvents(deps: CameraEventsDeps): CameraEventsFeature {
  const { bus, cameras, clock, db, log } = deps;
  const keeper = new EventKeeper({ ...deps, alarms: new Alarms(deps) });
  const density = new MotionDensity(db, log);
  const visits = new AgentVisits({ ...deps, keeper });
  const fetches = new AgentFetches(deps);
  const models = new AgentModels(deps);
  const agents = new AgentEyes({ ...deps, keeper, density, visits, fetches, models });
  const sight = new FrameSight(deps.frames, clock);
  const watcher: Watcher = new Watcher({
    ...{ ...deps, keeper, density, agents, sight },
    looked: (frame, moves) => looker.see(frame, moves),
  });
  const looker = new Looker({
    ...{ ...deps, keeper, sight },
    isGated: (cameraId) => watcher.find(cameraId) !== undefined,
    moves: (cameraId) => agents.isGoingOn(cameraId),
    isElsewhere: (cameraId) => agents.detectsItself(cameraId),
  });
  const signs = new DeviceSigns({ bus, cameras, clock, keeper });
  const service = new EventService({ ...deps, keeper, watcher, looker, agents });
  const morning = new Morning(deps);
  let ends: (() => void)[] = [];
  const changed = (cameraId: Uuid): void => {
    watcher.changed(cameraId);
    looker.changed(cameraId);
    agents.changed(cameraId);
  };
  return {
    name: "camera-events",
    put: (...event) => keeper.put(...event),
    async written(id) {
      await keeper.write();
      return !keeper.isWaiting(id);
    },
    async find(id) {
      const event = await findEvent(db, id);
      return event && keeper.newest(event);
    },
    alarmsSince: (sinceMs) => armedEventsSince(db, sinceMs),
    said: (...word) => agents.said(...word),
    sealsItself: (cameraId) => agents.sealsItself(cameraId),
    routes: [
      ...cameraEventRoutes(service),
      ...fetchRoutes(deps, fetches),
      ...searchRoutes(new ActivityService(deps), morning, deps),
    ],
    jobs: [...cameraEventJobs({ db, cameras, cases: deps.search.cases, clock, log }), morningJob(morning)],
    resources: {
      async camera_event(id) {
        const event = await findEvent(db, id);
        if (event === undefined) return undefined;
        const { tenantId, cameraId: deviceId } = event;
        const camera = cameras.find(deviceId);
        return {
          tenantId,
          places: () => (camera === undefined ? undefined : [{ siteId: camera.siteId, deviceId }]),
        };
      },
    },
    async start() {
      await keeper.closeLeftOpen();
      const timers = [
        clock.every(WRITE_EVERY_MS, () => void keeper.write()),
        clock.every(DENSITY_EVERY_MS, () => void density.write()),
      ];
      ends = [
        ...timers.map((timer) => () => timer.cancel()),
        bus.subscribe("camera.changed", ({ cameraId }) => changed(cameraId)),
        bus.subscribe("device.changed", ({ deviceId, change }) => {
          if (change !== "removed") return;
          changed(deviceId);
          density.forget(deviceId);
        }),
      ];
      watcher.start();
      looker.start();
      models.start();
      agents.start();
      signs.start();
    },
    async stop() {
      for (const end of ends) end();
      await watcher.stop();
      await looker.stop();
      agents.stop();
      models.stop();
      signs.stop();
      await keeper.write();
      await density.write();
    },
    async eventsIn(tenantId, cameraIds, fromMs, toMs, limit) {
      const found = await new EventQueryStore(db, tenantId).overlapping(cameraIds, { fromMs, toMs }, limit);
      return found.map((event) => keeper.newest(event));
    },
    strengthIn: (tenantId, cameraIds, fromMs, toMs, buckets) =>
      density.strengths(tenantId, cameraIds, { fromMs, toMs }, buckets),
    isMoving(cameraId) {
      const eye = watcher.find(cameraId);
      if (signs.isGoingOn(cameraId) || looker.isGoingOn(cameraId)) return true;
      if (agents.judges(cameraId)) return agents.isGoingOn(cameraId);
      return eye === undefined ? undefined : eye.machine.event !== undefined;
    },
    found: (cameraId) => (agents.detectsItself(cameraId) ? agents : looker).found(cameraId),
    stats: () => watcher.stats(),
    detectionStats: () => looker.stats(),
    detectionProblemOf: (cameraId) => looker.problemOf(cameraId),
    async idle() {
      await watcher.idle();
      await looker.idle();
      await keeper.write();
    },
  };
}
