import { accounts } from "@gatehouse/contract";
import { liveHub } from "../data/live.ts";
import { switchPushOff } from "../data/push.ts";
import { call, queryClient } from "../data/query.ts";

/** Forgets everything that was read under the session that ended. */
export function endSession(): void {
  liveHub.stop();
  queryClient.clear();
}

/** Ends this session; nothing more is pushed to this browser, whoever logs in next. */
export async function logOut(): Promise<void> {
  switchPushOff().catch(() => undefined);
  await call(accounts.logout, {}).catch(() => undefined);
  endSession();
}
