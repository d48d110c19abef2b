import type { Clock } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { deleteEventsBefore, knownCameras } from "./event-store.ts";
import { DAY_MS, longestDays } from "./model.ts";
import { deleteHoursBefore } from "./motion-store.ts";
import type { Cameras } from "./ports.ts";
import type { CameraEventDatabase } from "./tables.ts";

const ROWS_AT_ONCE = 5_000;

/** Events and strengths go when nothing of their time can be recorded any more. */
export function cameraEventJobs(deps: {
  readonly db: CameraEventDatabase;
  readonly cameras: Cameras;
  readonly clock: Clock;
}): readonly JobDefinition[] {
  const { db, cameras, clock } = deps;
  return [
    {
      name: "camera_events.retention",
      cron: "11 3 * * *",
      async run(_data, signal) {
        for (const cameraId of await knownCameras(db)) {
          const settings = cameras.settingsOf(cameraId);
          if (settings === undefined) continue;
          const beforeMs = clock.nowMs() - longestDays(settings) * DAY_MS;
          while (!signal.aborted && (await deleteEventsBefore(db, cameraId, beforeMs, ROWS_AT_ONCE)));
          await deleteHoursBefore(db, cameraId, beforeMs);
        }
      },
    },
  ];
}
