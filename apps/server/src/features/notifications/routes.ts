import { alerts } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { ChannelService } from "./channel-service.ts";
import type { OutboxService } from "./outbox-service.ts";

export function notificationRoutes(channels: ChannelService, outbox: OutboxService): readonly Route[] {
  return [
    route(alerts.listChannels, async ({ principal }) => ({ items: await channels.list(principal.tenantId) })),
    route(alerts.createChannel, ({ principal, body }) => channels.create(principal.tenantId, body)),
    route(alerts.updateChannel, ({ principal, params, body }) =>
      channels.update(principal.tenantId, params.id, body),
    ),
    route(alerts.deleteChannel, async ({ principal, params }) => {
      await channels.remove(principal.tenantId, params.id);
      return {};
    }),
    route(alerts.testChannel, ({ principal, params }) => channels.test(principal.tenantId, params.id)),
    route(alerts.listDeliveries, ({ principal, query }) =>
      outbox.list(principal.tenantId, principal.permissions.has("outbox.secrets"), query),
    ),
    route(alerts.retryDelivery, ({ principal, params }) => outbox.retry(principal.tenantId, params.id)),
  ];
}
