import { remoteSettings } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { RemoteSettingsService } from "./service.ts";

export const remoteSettingsRoutes = (service: RemoteSettingsService): readonly Route[] => [
  route(remoteSettings.getRemoteSettings, ({ principal, params }) =>
    service.get(principal.tenantId, params.id),
  ),
  route(remoteSettings.listSettingsVersions, async ({ principal, params }) => ({
    items: await service.versions(principal.tenantId, params.id),
  })),
  route(remoteSettings.checkRemoteSettings, async ({ principal, params, body }) => ({
    problems: service.check(principal.tenantId, params.id, body.settings),
  })),
  route(remoteSettings.setRemoteSettings, ({ principal, params, body }) =>
    service.set(principal, params.id, body),
  ),
  route(remoteSettings.restoreSettingsVersion, ({ principal, params, body }) =>
    service.restore(principal, params.id, body),
  ),
];
