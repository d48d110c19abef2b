import { trust } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { QuarantineService } from "./quarantine-service.ts";
import type { TrustService } from "./service.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

const idsOf = (ids: readonly string[] | undefined): number[] | undefined => ids?.map(Number);

export function trustRoutes(service: TrustService, quarantine: QuarantineService): readonly Route[] {
  return [
    route(trust.getDeviceTrust, ({ principal, params }) => service.get(principal.tenantId, params.id)),
    route(trust.quarantineDevice, async ({ principal, params, body }) => {
      await quarantine.quarantine(principal, params.id, body.reason);
      return service.get(principal.tenantId, params.id);
    }),
    route(trust.releaseDevice, async ({ principal, params, body }) => {
      await quarantine.release(principal, params.id, body.reason, body.learn ?? false);
      return service.get(principal.tenantId, params.id);
    }),
    route(trust.dismissSuggestion, async ({ principal, params, body }) => {
      await quarantine.dismiss(principal, params.id, body.reason);
      return service.get(principal.tenantId, params.id);
    }),
    route(trust.listHeld, ({ principal, params, query }) =>
      service.listHeld(principal.tenantId, params.id, {
        state: query.state ?? "held",
        beforeId: query.before === undefined ? undefined : Number(query.before),
        limit: Math.min(MAX_LIMIT, Number(query.limit ?? DEFAULT_LIMIT)),
      }),
    ),
    route(trust.releaseHeld, ({ principal, params, body }) =>
      service.releaseHeld(principal, params.id, idsOf(body.ids)),
    ),
    route(trust.discardHeld, ({ principal, params, body }) =>
      service.discardHeld(principal, params.id, idsOf(body.ids)),
    ),
  ];
}
