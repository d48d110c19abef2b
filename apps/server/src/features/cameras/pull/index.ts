import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus, cameras } from "@gatehouse/contract";
import type { Feature } from "../../../platform/feature.ts";
import { SourceBook, type SourceBookDeps } from "./book.ts";
import type { OpenSource, PulledCameras } from "./ports.ts";
import { sourceRoutes } from "./routes.ts";
import { Supervisor } from "./supervisor.ts";

export type { OpenSource, PulledCameras } from "./ports.ts";

export interface CameraPullDeps extends SourceBookDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly cameras: PulledCameras;
  readonly open: OpenSource;
  readonly maxSources: number;
  isSuspended(tenantId: Uuid): boolean;
}

export interface CameraPullFeature extends Feature {
  /** Why a camera whose pictures are fetched delivers nothing, or not everything, and what that costs; from memory. */
  healthOf(cameraId: Uuid): Pick<cameras.CameraHealth, "problem" | "convertRatio">;
  /** Cameras that are fetched from now. */
  running(): number;
}

/** Pictures that the server fetches from cameras that cannot push. */
export function createCameraPull(deps: CameraPullDeps): CameraPullFeature {
  const book = new SourceBook(deps);
  const supervisor = new Supervisor({ ...deps, book });
  let unsubscribe = (): void => undefined;
  return {
    name: "camera-pull",
    routes: sourceRoutes({ ...deps, book, supervisor }),
    async start() {
      await book.load();
      const subscriptions = [
        deps.bus.subscribe("device.changed", ({ deviceId, change }) => {
          if (change === "removed") book.forget(deviceId);
          supervisor.look();
        }),
        deps.bus.subscribe("camera.changed", () => supervisor.look()),
      ];
      unsubscribe = () => {
        for (const end of subscriptions) end();
      };
      supervisor.start();
    },
    async stop() {
      unsubscribe();
      await supervisor.stop();
    },
    healthOf: (cameraId) => supervisor.healthOf(cameraId),
    running: () => supervisor.running,
  };
}
