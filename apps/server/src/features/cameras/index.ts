import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { AppError, type Clock, type Logger, type Uuid } from "@gatehouse/base";
import type { Bus, cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Controls } from "../../platform/controls.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { Catalogue } from "./catalogue.ts";
import { CarriedFrames } from "./feed/carried.ts";
import { FeedDoor } from "./feed/door.ts";
import { FrameHub } from "./frame-hub.ts";
import type { IncomingFrame } from "./intake/inspect.ts";
import { Intake } from "./intake/intake.ts";
import { LastFrames } from "./intake/last-frames.ts";
import type { FrameSource } from "./intake/source.ts";
import type { Totals } from "./intake/totals.ts";
import { createCameraTables } from "./migrations/001-cameras.ts";
import { createLastFrames } from "./migrations/002-last-frames.ts";
import { createCameraSources } from "./migrations/003-camera-sources.ts";
import type {
  CameraActivity,
  CameraDevices,
  FeedAuthenticator,
  FrameRefusal,
  KnownCamera,
  Masker,
} from "./ports.ts";
import { cameraRoutes } from "./routes.ts";
import { CameraSettingsBook, type SettingsDeps } from "./settings.ts";
import type { CameraDatabase } from "./tables.ts";

export type { FrameListener } from "./frame-hub.ts";
export type { IncomingFrame } from "./intake/inspect.ts";
export type { FrameSource, FrameWay } from "./intake/source.ts";
export type { CameraFrame } from "./model.ts";
export type { CameraActivity, CameraDevices, FeedAuthenticator, FrameRefusal, KnownCamera } from "./ports.ts";
export type { CameraTables } from "./tables.ts";

export const camerasMigrations: FeatureMigrations = {
  feature: "cameras",
  migrations: [createCameraTables, createLastFrames, createCameraSources],
};

export interface CamerasDeps {
  readonly db: CameraDatabase;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly audit: AuditTrail;
  readonly devices: CameraDevices;
  readonly activity: CameraActivity;
  readonly authenticator: FeedAuthenticator;
  readonly masker: Masker;
  /** Whether the organisation has this detector. */
  readonly hasDetector: SettingsDeps["hasDetector"];
  readonly controls?: Controls;
}

export interface CamerasFeature extends Feature {
  /** What comes out: every frame that was taken, in order for each camera. */
  readonly frames: Pick<FrameHub, "subscribe" | "subscribeTo" | "newest" | "initOf">;
  /** From memory; undefined for what is no camera. */
  settingsOf(cameraId: Uuid): cameras.CameraSettings | undefined;
  /** As somebody would in the console, from what is chosen now. */
  choose(cameraId: Uuid, change: (settings: cameras.CameraSettings) => cameras.CameraSettings): Promise<void>;
  /** From memory; undefined for what is no camera. */
  find(cameraId: Uuid): (KnownCamera & { readonly state: cameras.CameraState }) | undefined;
  /**
   * The one way in for frames, whichever way they came. Answers at once why the frame is not taken; that is counted and
   * told then. A source that `take` sees for the first time has begun.
   */
  take(source: FrameSource, frame: IncomingFrame): FrameRefusal | undefined;
  /** A connection is there, before its first frame. False: a newer one has its place. */
  begin(source: FrameSource): boolean;
  /** For each source, when it is over. */
  end(source: FrameSource): void;
  /** Frames in sessions of the secure channel. */
  readonly carried: CarriedFrames;
  /** Frames that other programs push. */
  readonly pushed: CarriedFrames;
  /** Takes the upgrade at CAMERAS_FEED_PATH. */
  handleFeedUpgrade(
    this: void,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    address: string,
  ): void;
  stats(): {
    readonly totals: Totals;
    readonly states: ReadonlyMap<cameras.CameraState, number>;
    readonly connections: number;
  };
}

export function createCameras(deps: CamerasDeps): CamerasFeature {
  const { bus, devices, log } = deps;
  const hub = new FrameHub(log);
  const settings = new CameraSettingsBook({ ...deps, onHidden: (cameraId) => intake.renew(cameraId) });
  const intake: Intake = new Intake({ ...deps, hub, settings });
  const lastFrames = new LastFrames({ ...deps, intake });
  const catalogue = new Catalogue({ ...deps, settings, intake });
  const carried = new CarriedFrames({ ...deps, intake });
  const pushed = new CarriedFrames({ ...deps, intake, way: "grpc" });
  const door = new FeedDoor({ ...deps, intake });
  const unsubscribe = [
    bus.subscribe("device.changed", ({ deviceId, change }) => {
      if (change !== "removed") return;
      settings.forget(deviceId);
      intake.forget(deviceId);
    }),
  ];
  return {
    name: "cameras",
    routes: cameraRoutes({ catalogue, devices, settings }),
    async start() {
      await settings.load();
      await lastFrames.start();
      intake.start();
    },
    async stop() {
      for (const end of unsubscribe) end();
      door.stop();
      intake.stop();
      await lastFrames.stop();
    },
    frames: hub,
    async choose(cameraId, change) {
      const known = devices.find(cameraId);
      if (known === undefined) throw new AppError("camera.none");
      const chosen = settings.of(cameraId);
      await settings.change(known, { ...chosen, settings: change(chosen.settings) });
    },
    settingsOf: (cameraId) => devices.find(cameraId) && settings.of(cameraId).settings,
    find(cameraId) {
      const known = devices.find(cameraId);
      return known && { ...known, state: intake.stateOf(cameraId) };
    },
    take: (source, frame) => intake.take(source, frame),
    begin: (source) => intake.begin(source),
    end: (source) => intake.end(source),
    carried,
    pushed,
    handleFeedUpgrade: (request, socket, head, address) => door.handleUpgrade(request, socket, head, address),
    stats: () => ({ totals: intake.totals, states: intake.states(), connections: door.connections }),
  };
}
