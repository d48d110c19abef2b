import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { AgentEyes } from "./agent-eyes.ts";
import { MotionDensity, type Strengths } from "./density.ts";
import { DeviceSigns } from "./device-signs.ts";
import { EventQueryStore, findEvent } from "./event-store.ts";
import { cameraEventJobs } from "./jobs.ts";
import { EventKeeper } from "./keeper.ts";
import { createCameraEvents as createTables } from "./migrations/001-camera-events.ts";
import type { KeptEvent } from "./model.ts";
import type { CameraLine, Cameras, Frames, Pins, Recorded } from "./ports.ts";
import { cameraEventRoutes } from "./routes.ts";
import { EventService } from "./service.ts";
import { FrameSight } from "./sight.ts";
import type { CameraEventDatabase } from "./tables.ts";
import { Watcher } from "./watcher.ts";

export type { Strengths } from "./density.ts";
export type { KeptEvent } from "./model.ts";
export type { CameraLine, Cameras, Frames, Pin, Pins, Recorded } from "./ports.ts";
export type { CameraEventTables } from "./tables.ts";

export const cameraEventsMigrations: FeatureMigrations = {
  feature: "camera-events",
  migrations: [createTables],
};

const WRITE_EVERY_MS = 1_000;
const DENSITY_EVERY_MS = 30_000;

export interface CameraEventsDeps {
  readonly db: CameraEventDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly frames: Frames;
  readonly cameras: Cameras;
  readonly pins: Pins;
  readonly recorded: Recorded;
  readonly line: CameraLine;
}

export interface CameraEventsFeature extends Feature {
  /** What the door for devices hears of cameras whose own machines judge what they see. */
  readonly said: AgentEyes["said"];
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
  /** Since start: pictures looked at, and such that could not be decoded. */
  stats(): { readonly looks: number; readonly failed: number };
  /** Resolves when what was seen so far is judged and written. */
  idle(): Promise<void>;
}

export function createCameraEvents(deps: CameraEventsDeps): CameraEventsFeature {
  const { bus, cameras, clock, db, log } = deps;
  const keeper = new EventKeeper(deps);
  const density = new MotionDensity(db, log);
  const agents = new AgentEyes({ ...deps, keeper, density });
  const watcher = new Watcher({
    ...deps,
    keeper,
    density,
    agents,
    sight: new FrameSight(deps.frames, clock),
  });
  const signs = new DeviceSigns({ bus, cameras, clock, keeper });
  const service = new EventService({ ...deps, keeper, watcher, agents });
  let ends: (() => void)[] = [];
  const changed = (cameraId: Uuid): void => {
    watcher.changed(cameraId);
    agents.changed(cameraId);
  };
  return {
    name: "camera-events",
    said: (...word) => agents.said(...word),
    routes: cameraEventRoutes(service),
    jobs: cameraEventJobs({ db, cameras, clock, log }),
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
      agents.start();
      signs.start();
    },
    async stop() {
      for (const end of ends) end();
      await watcher.stop();
      agents.stop();
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
      if (signs.isGoingOn(cameraId)) return true;
      if (agents.judges(cameraId)) return agents.isGoingOn(cameraId);
      return eye === undefined ? undefined : eye.machine.event !== undefined;
    },
    stats: () => watcher.stats(),
    async idle() {
      await watcher.idle();
      await keeper.write();
    },
  };
}
