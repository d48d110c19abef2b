import type { Uuid } from "@gatehouse/base";
import type { JobDefinition } from "../../platform/jobs/jobs.ts";
import { expireApprovals, wipeReplies } from "./approvals/approval-store.ts";
import type { PermissionsContext } from "./context.ts";
import type { TokenService } from "./tokens/token-service.ts";

const DAY_MS = 86_400_000;
/** A reply that its requester has not fetched by then. */
const REPLY_KEPT_MS = 7 * DAY_MS;
const ENDED_TOKENS_KEPT_MS = 366 * DAY_MS;

export function permissionJobs(
  { db, clock, bus }: PermissionsContext,
  tokens: TokenService,
  tenantIds: () => Promise<readonly Uuid[]>,
): JobDefinition[] {
  return [
    {
      name: "permissions.upkeep",
      cron: "*/10 * * * *",
      async run() {
        const nowMs = clock.nowMs();
        for (const { tenant_id: tenantId, id: approvalId } of await expireApprovals(db, new Date(nowMs)))
          bus.publish("approval.changed", { tenantId, approvalId });
        await wipeReplies(db, new Date(nowMs - REPLY_KEPT_MS));
        for (const tenantId of await tenantIds())
          await tokens.removeOld(tenantId, new Date(nowMs - ENDED_TOKENS_KEPT_MS));
      },
    },
  ];
}
