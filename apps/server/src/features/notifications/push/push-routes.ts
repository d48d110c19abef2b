import { alerts } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { PushService } from "./push-service.ts";

export function pushRoutes(push: PushService): readonly Route[] {
  return [
    route(alerts.getPush, ({ principal }) => push.get(principal)),
    route(alerts.choosePush, ({ principal, body }) => push.choose(principal, body)),
    route(alerts.addPushDevice, ({ principal, body }) => push.add(principal, body)),
    route(alerts.removePushDevice, async ({ principal, params }) => {
      await push.remove(principal, params.id);
      return {};
    }),
    route(alerts.testPushDevice, ({ principal, params }) => push.test(principal, params.id)),
  ];
}
