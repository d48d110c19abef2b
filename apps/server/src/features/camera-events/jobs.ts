import type { Clock, Logger } from "@gatehouse/base";
import { AgeClock } from "../../platform/age-clock.ts";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { deleteEventsBefore, knownCameras } from "./event-store.ts";
import { DAY_MS, longestDays } from "./model.ts";
import { deleteHoursBefore } from "./motion-store.ts";
import type { Cameras } from "./ports.ts";
import type { SearchPorts } from "./search/ports.ts";
import type { CameraEventDatabase } from "./tables.ts";

const ROWS_AT_ONCE = 5_000;

/** Events and strengths go when nothing of their time can be recorded any more; what is in a case stays. */
export function cameraEventJobs(deps: {
  readonly db: CameraEventDatabase;
  readonly cameras: Cameras;
  readonly cases: Pick<SearchPorts["cases"], "eventIdsAt">;
  readonly clock: Clock;
  readonly log: Logger;
}): readonly JobDefinition[] {
  const { db, cameras, cases } = deps;
  const clock = new AgeClock(deps.clock, deps.log);
  return [
    {
      name: "camera_events.retention",
      cron: "11 3 * * *",
      async run(_data, signal) {
        for (const cameraId of await knownCameras(db)) {
          const settings = cameras.settingsOf(cameraId);
          if (settings === undefined) continue;
          const beforeMs = clock.nowMs() - longestDays(settings) * DAY_MS;
          const which = { limit: ROWS_AT_ONCE, kept: await cases.eventIdsAt(cameraId) };
          while (!signal.aborted && (await deleteEventsBefore(db, cameraId, beforeMs, which)));
          await deleteHoursBefore(db, cameraId, beforeMs);
        }
      },
    },
  ];
}
