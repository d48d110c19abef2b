import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { deleteOldAccessLog } from "./access-log/access-log-store.ts";
import type { AccountsContext } from "./context.ts";
import { deleteOldCeremonies } from "./factors/ceremony-store.ts";
import { listTenantIds } from "./people/account-store.ts";
import type { SessionService } from "./sessions/session-service.ts";
import { deleteOldSessions } from "./sessions/session-store.ts";

const DAY_MS = 86_400_000;
const ENDED_SESSIONS_KEPT_MS = 30 * DAY_MS;
/** About 300 MB. */
const MAX_LOG_ENTRIES = 1_000_000;

/** Often: sessions that have run out. Each night: those long over, and log entries older than any tenant wants. */
export function accountJobs(
  { db, clock, retentionLogDays }: AccountsContext,
  sessions: SessionService,
): JobDefinition[] {
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
      async run() {
        const days = Math.max(1, ...(await listTenantIds(db)).map(retentionLogDays));
        await deleteOldAccessLog(db, clock.nowMs() - days * DAY_MS, MAX_LOG_ENTRIES);
        await deleteOldSessions(db, clock.nowMs() - ENDED_SESSIONS_KEPT_MS);
      },
    },
  ];
}
