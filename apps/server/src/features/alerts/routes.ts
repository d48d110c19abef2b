import { alerts } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { type Route, route } from "../../platform/http/route.ts";
import type { AlertKeeper } from "./alert-keeper.ts";
import type { RuleService } from "./rule-service.ts";
import type { AlertService } from "./service.ts";

export function alertRoutes(
  rules: RuleService,
  service: AlertService,
  keeper: AlertKeeper,
): readonly Route[] {
  return [
    route(alerts.listRules, async ({ scope }) => ({ items: await rules.list(scope) })),
    route(alerts.createRule, ({ scope, body }) => rules.create(scope, body)),
    route(alerts.updateRule, ({ scope, params, body }) => rules.update(scope, params.id, body)),
    route(alerts.deleteRule, async ({ principal, params }) => {
      await rules.remove(principal.tenantId, params.id);
      return {};
    }),
    route(alerts.tryRule, ({ scope, body }) => rules.tryOut(scope, body)),
    route(alerts.listAlerts, ({ scope, query }) => service.list(scope, query)),
    route(alerts.getAlert, ({ scope, params }) => service.get(scope, params.id)),
    route(alerts.acknowledgeAlert, ({ principal, params, body }) =>
      keeper.acknowledge(params.id, handlerOf(principal), body.note),
    ),
    route(alerts.snoozeAlert, ({ principal, params, body }) =>
      keeper.snooze(params.id, handlerOf(principal), body.forMs),
    ),
    route(alerts.listNotices, ({ principal, scope }) => service.notices(scope, principal.personId)),
    route(alerts.markNoticesSeen, async ({ principal, scope }) => {
      await service.markNoticesSeen(scope, principal.personId);
      return {};
    }),
  ];
}

const handlerOf = ({ tenantId, name }: PersonPrincipal) => ({ tenantId, name });
