import type { Uuid } from "@gatehouse/base";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { createTenantTables } from "./migrations/001-create.ts";
import { tenantRoutes } from "./routes.ts";
import { TenantService, type TenantsDeps } from "./service.ts";

export type { KnownTenant } from "./ports.ts";
export type { TenantsDeps } from "./service.ts";
export type { TenantTables } from "./tables.ts";

export const tenantsMigrations: FeatureMigrations = { feature: "tenants", migrations: [createTenantTables] };

export interface TenantsFeature extends Feature {
  /** Its people are out and its devices refused; from memory. */
  isSuspended(tenantId: Uuid): boolean;
}

export function createTenants(
  deps: TenantsDeps & { hostTenantId(): Promise<Uuid | undefined> },
): TenantsFeature {
  const service = new TenantService(deps);
  return {
    name: "tenants",
    routes: tenantRoutes(service),
    resources: {
      /** Every organisation is the host's to look after; to anybody else there is none. */
      async tenant(id) {
        const hostId = await deps.hostTenantId();
        return hostId !== undefined && (await service.has(id)) ? { tenantId: hostId } : undefined;
      },
    },
    start: () => service.start(),
    isSuspended: (tenantId) => service.isSuspended(tenantId),
  };
}
