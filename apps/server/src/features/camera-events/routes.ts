import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { maySeeCases } from "./search/search-routes.ts";
import type { EventService } from "./service.ts";

export function cameraEventRoutes(service: EventService): readonly Route[] {
  return [
    route(cameras.listCameraEvents, ({ scope, principal, query }) =>
      service.list({ scope, maySeeCases: maySeeCases(principal) }, query),
    ),
    route(cameras.getCameraEvent, ({ scope, params }) => service.get(scope, params.id)),
    route(cameras.getCameraEventPicture, ({ principal, params }) => service.picture(principal, params.id)),
    route(cameras.getClipEvidence, ({ principal, params }) => service.evidence(principal, params.id)),
    route(cameras.getDetectionView, async ({ params }) => service.detectionView(params.id)),
    route(cameras.getMotionView, async ({ params }) => service.motionView(params.id)),
  ];
}
