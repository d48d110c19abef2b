import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { EventService } from "./service.ts";

export function cameraEventRoutes(service: EventService): readonly Route[] {
  return [
    route(cameras.listCameraEvents, ({ scope, query }) => service.list(scope, query)),
    route(cameras.getCameraEvent, ({ scope, params }) => service.get(scope, params.id)),
    route(cameras.getCameraEventPicture, ({ principal, params }) => service.picture(principal, params.id)),
    route(cameras.getMotionView, async ({ params }) => service.motionView(params.id)),
  ];
}
