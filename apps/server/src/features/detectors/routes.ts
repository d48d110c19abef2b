import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { DetectorService } from "./service.ts";
import type { Trying } from "./trying.ts";
import type { Uploads } from "./uploads.ts";

export interface RouteParts {
  readonly service: DetectorService;
  readonly uploads: Uploads;
  readonly trying: Trying;
}

export function detectorRoutes({ service, uploads, trying }: RouteParts): readonly Route[] {
  return [
    route(cameras.listDetectors, async ({ scope }) => ({ items: await service.list(scope) })),
    route(cameras.beginModelUpload, async ({ principal }) => ({
      id: await uploads.begin(principal.tenantId),
    })),
    route(cameras.putModelPart, async ({ principal, params, query, body }) => ({
      parts: await uploads.put(principal.tenantId, params.id, params.file, Number(query.part), bytesOf(body)),
    })),
    route(cameras.finishModelUpload, async ({ principal, scope, params, body }) => {
      const adding = { ...body, tenantId: principal.tenantId, byName: principal.name };
      const { id } = await uploads.finish(adding, params.id);
      return service.get(scope, id);
    }),
    route(cameras.cancelModelUpload, async ({ principal, params }) => {
      await uploads.cancel(principal.tenantId, params.id);
      return {};
    }),
    route(cameras.addRemoteDetector, async ({ principal, scope, body }) =>
      service.get(scope, await service.addRemote(principal.tenantId, principal.name, body)),
    ),
    route(cameras.updateDetector, async ({ principal, scope, params, body }) => {
      await service.update(principal.tenantId, params.id, body);
      return service.get(scope, params.id);
    }),
    route(cameras.removeDetector, async ({ principal, params }) => {
      await service.remove(principal.tenantId, params.id);
      return {};
    }),
    route(cameras.tryDetector, ({ principal, params, body }) =>
      trying.look(principal.tenantId, params.id, bytesOf(body)),
    ),
  ];
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new AppError("request.unsupported_media_type");
}
