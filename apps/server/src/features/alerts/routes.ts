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
    route(alerts.listRules, async ({ principal }) => ({ items: await rules.list(principal.tenantId) })),
    route(alerts.createRule, ({ principal, body }) => rules.create(principal.tenantId, body)),
    route(alerts.updateRule, ({ principal, params, body }) =>
      rules.update(principal.tenantId, params.id, body),
    ),
    route(alerts.deleteRule, async ({ principal, params }) => {
      await rules.remove(principal.tenantId, params.id);
      return {};
    }),
    route(alerts.tryRule, ({ principal, body }) => rules.tryOut(principal.tenantId, body)),
    route(alerts.listAlerts, ({ principal, query }) => service.list(principal.tenantId, query)),
    route(alerts.getAlert, ({ principal, params }) => service.get(principal.tenantId, params.id)),
    route(alerts.acknowledgeAlert, ({ principal, params, body }) =>
      keeper.acknowledge(params.id, handlerOf(principal), body.note),
    ),
    route(alerts.snoozeAlert, ({ principal, params, body }) =>
      keeper.snooze(params.id, handlerOf(principal), body.forMs),
    ),
    route(alerts.listNotices, ({ principal }) => service.notices(principal.tenantId, principal.personId)),
    route(alerts.markNoticesSeen, async ({ principal }) => {
      await service.markNoticesSeen(principal.tenantId, principal.personId);
      return {};
    }),
  ];
}

const handlerOf = ({ tenantId, name }: PersonPrincipal) => ({ tenantId, name });
