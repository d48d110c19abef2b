import { cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import type { ActivityService } from "./activity.ts";
import { type DaySummaryDeps, daySummaries } from "./day-summary.ts";
import type { Morning } from "./morning.ts";

/** Cases belong to the organisation as a whole. */
export const maySeeCases = ({ permissions }: PersonPrincipal): boolean =>
  permissions.get("case.read") === "all";

export const searchRoutes = (
  activity: ActivityService,
  morning: Morning,
  deps: DaySummaryDeps,
): readonly Route[] => [
  route(cameras.getSummarySettings, ({ principal }) => morning.settings(principal.tenantId)),
  route(cameras.updateSummarySettings, ({ principal, body }) => morning.choose(principal.tenantId, body)),
  route(cameras.getActivity, ({ scope, principal, query }) =>
    activity.activity({ scope, maySeeCases: maySeeCases(principal) }, query),
  ),
  route(cameras.getWalked, ({ scope, principal, params, query }) =>
    activity.walked({ scope, maySeeCases: maySeeCases(principal) }, params.id, query),
  ),
  route(cameras.getDaySummary, async ({ scope, query }) => ({
    items: await daySummaries(deps, scope, query),
  })),
];
