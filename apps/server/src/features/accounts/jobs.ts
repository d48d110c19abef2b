import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import type { AccountsContext } from "./context.ts";
import { deleteOldCeremonies } from "./factors/ceremony-store.ts";
import type { SessionService } from "./sessions/session-service.ts";
import { deleteOldSessions } from "./sessions/session-store.ts";

const DAY_MS = 86_400_000;
const ENDED_SESSIONS_KEPT_MS = 30 * DAY_MS;

/** Often: sessions that have run out. Each night: those long over. */
export function accountJobs({ db, clock }: AccountsContext, sessions: SessionService): JobDefinition[] {
  return [
    { name: "accounts.sessions", cron: "* * * * *", run: () => sessions.endExpired() },
    {
      name: "accounts.half-done",
      cron: "*/10 * * * *",
      run: () => deleteOldCeremonies(db, clock.nowMs()),
    },
    {
      name: "accounts.retention",
      cron: "17 3 * * *",
      run: () => deleteOldSessions(db, clock.nowMs() - ENDED_SESSIONS_KEPT_MS),
    },
  ];
}
