import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { Catalogue } from "./catalogue.ts";
import type { CameraDevices } from "./ports.ts";
import type { CameraSettingsBook } from "./settings.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

export function cameraRoutes(parts: {
  readonly catalogue: Catalogue;
  readonly devices: CameraDevices;
  readonly settings: CameraSettingsBook;
}): readonly Route[] {
  const { catalogue, devices, settings } = parts;
  return [
    route(cameras.listCameras, ({ scope, query }) =>
      catalogue.list(scope, {
        q: query.q ?? "",
        siteId: query.site,
        offset: Number(query.offset ?? 0),
        limit: Math.min(MAX_LIMIT, Number(query.limit ?? DEFAULT_LIMIT)),
      }),
    ),
    route(cameras.getCamera, ({ principal, params }) => catalogue.get(principal.tenantId, params.id)),
    route(cameras.updateCamera, async ({ principal: { tenantId }, params, body }) => {
      if (devices.find(params.id)?.tenantId !== tenantId) throw new AppError("camera.none");
      await settings.change({ tenantId, cameraId: params.id }, body);
      return catalogue.get(tenantId, params.id);
    }),
  ];
}
