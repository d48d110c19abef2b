import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { Carriage } from "./carriage/carriage.ts";
import type { ServerKeys } from "./keys/server-keys.ts";

/** Hourly, so that a key that is due waits an hour at most. */
export const serverKeyJob = (serverKeys: ServerKeys): JobDefinition => ({
  name: "channel.server_keys",
  cron: "41 * * * *",
  retryLimit: 2,
  run: () => serverKeys.upkeep(),
});

/** What keys used that no device has any more. */
export const replayJob = (carriage: Carriage): JobDefinition => ({
  name: "channel.replay_states",
  cron: "23 4 * * *",
  retryLimit: 2,
  run: () => carriage.upkeep(),
});
