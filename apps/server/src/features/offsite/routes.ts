import { type access, cameras } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { AskedSpan } from "./copying/figures-store.ts";
import type { SpanState } from "./model.ts";
import type { Restoring } from "./restoring.ts";
import type { TargetService } from "./targets/target-service.ts";

export interface RouteParts {
  readonly targets: TargetService;
  readonly restoring: Restoring;
  readonly states: (scope: access.Scope, spans: readonly AskedSpan[]) => Promise<SpanState[]>;
}

export function offsiteRoutes({ targets, restoring, states }: RouteParts): readonly Route[] {
  return [
    route(cameras.listOffsiteTargets, async ({ principal }) => ({
      items: (await targets.list(principal.tenantId)).map((target) => {
        const restore = restoring.of(target.id);
        return restore === undefined ? target : { ...target, restore };
      }),
    })),
    route(cameras.createOffsiteTarget, ({ principal, body }) => targets.create(principal.tenantId, body)),
    route(cameras.updateOffsiteTarget, ({ principal, params, body }) =>
      targets.update(principal.tenantId, params.id, body),
    ),
    route(cameras.removeOffsiteTarget, async ({ principal, params }) => {
      await targets.remove(principal.tenantId, params.id);
      return {};
    }),
    route(cameras.testOffsiteTarget, ({ principal, params }) => targets.test(principal.tenantId, params.id)),
    route(cameras.retryOffsiteTarget, async ({ principal, params }) => ({
      segments: await targets.retry(principal.tenantId, params.id),
    })),
    route(cameras.restoreOffsite, ({ principal, params, body }) =>
      restoring.begin(principal.tenantId, params.id, body),
    ),
    route(cameras.getOffsiteStates, async ({ scope, body }) => ({ items: await states(scope, body.spans) })),
  ];
}
