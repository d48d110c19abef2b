import { operations } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { SettingsService } from "./service.ts";

export function settingsRoutes(settings: SettingsService): Route[] {
  return [
    route(operations.getSettings, async ({ principal }) => settings.get(principal.tenantId)),
    route(operations.updateSettings, async ({ principal, body }) =>
      settings.update(principal.tenantId, body),
    ),
  ];
}
