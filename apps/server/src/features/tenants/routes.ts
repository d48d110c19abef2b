import { access } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { TenantService } from "./service.ts";

export const tenantRoutes = (tenants: TenantService): Route[] => [
  route(access.listTenants, async () => ({ items: await tenants.list() })),
  route(access.createTenant, ({ principal, body }) => tenants.create(principal, body)),
  route(access.renameTenant, ({ principal, params, body }) =>
    tenants.rename(principal, params.id, body.name),
  ),
  route(access.suspendTenant, ({ principal, params, body }) =>
    tenants.suspend(principal, params.id, body.reason),
  ),
  route(access.resumeTenant, ({ principal, params }) => tenants.resume(principal, params.id)),
];
