import type { Uuid } from "@gatehouse/base";
import { type access, ROLE_NAMES, type Role } from "@gatehouse/contract";
import type { GrantRow } from "../tables.ts";

export const isBuiltIn = (ref: string): ref is Role => (ROLE_NAMES as readonly string[]).includes(ref);

export function scopeOf(row: Pick<GrantRow, "scope" | "site_id" | "device_id">): access.GrantScope {
  if (row.scope === "site") return { kind: "site", siteId: row.site_id as Uuid };
  if (row.scope === "device") return { kind: "device", deviceId: row.device_id as Uuid };
  return { kind: "tenant" };
}

export const scopeFields = (scope: access.GrantScope): Pick<GrantRow, "scope" | "site_id" | "device_id"> => ({
  scope: scope.kind,
  site_id: scope.kind === "site" ? scope.siteId : null,
  device_id: scope.kind === "device" ? scope.deviceId : null,
});
