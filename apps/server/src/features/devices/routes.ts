import { AppError, type Uuid } from "@gatehouse/base";
import { access, devices, gateways } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { AssignmentService } from "./assignments/assignment-service.ts";
import type { ClaimService } from "./claims/claim-service.ts";
import type { CommandService } from "./commands/command-service.ts";
import type { CredentialService } from "./credentials/credential-service.ts";
import type { RevocationService } from "./credentials/revocation-service.ts";
import type { LogService } from "./device-log/log-service.ts";
import type { GrantService } from "./grants/grant-service.ts";
import type { InventoryService } from "./inventory/inventory-service.ts";
import type { RefusalCounter } from "./refusals/refusal-counter.ts";
import type { SiteService } from "./sites/site-service.ts";

export interface Services {
  readonly sites: SiteService;
  readonly inventory: InventoryService;
  readonly assignments: AssignmentService;
  readonly credentials: CredentialService;
  readonly revocation: RevocationService;
  readonly claims: ClaimService;
  readonly grants: GrantService;
  readonly commands: CommandService;
  readonly logs: LogService;
  readonly refusals: RefusalCounter;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

const limitOf = (text: string | undefined): number => Math.min(MAX_LIMIT, Number(text ?? DEFAULT_LIMIT));
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** Refuses a site beyond the asker's as if there were none. */
function assertSite({ reach }: access.Scope, siteId: Uuid): void {
  if (!access.reaches(reach, { siteId })) throw new AppError("site.not_found");
}

/** What people and programs with a session ask. */
export function operatorRoutes(services: Services): Route[] {
  return [
    ...siteRoutes(services),
    ...inventoryRoutes(services),
    ...credentialRoutes(services),
    ...historyRoutes(services),
  ];
}

function siteRoutes({ sites }: Services): Route[] {
  return [
    route(devices.listSites, async ({ scope }) => ({ items: await sites.list(scope) })),
    route(devices.createSite, ({ principal, body }) => sites.create(principal.tenantId, body)),
    route(devices.updateSite, ({ principal, params, body }) =>
      sites.update(principal.tenantId, params.id, body),
    ),
    route(devices.deleteSite, async ({ principal, params }) => {
      await sites.delete(principal.tenantId, params.id);
      return {};
    }),
  ];
}

function inventoryRoutes({ inventory, sites, assignments }: Services): Route[] {
  return [
    route(devices.listDevices, ({ scope, query }) => {
      const { q, site, type, status, tag, quarantined, gateway, sort = "name", offset, limit } = query;
      return inventory.list(scope, {
        q,
        siteId: site,
        typeId: type,
        status,
        tag,
        quarantined: quarantined !== undefined,
        gateway,
        sort,
        offset: Number(offset ?? 0),
        limit: limitOf(limit),
      });
    }),
    route(devices.deviceFacets, ({ scope, query }) => inventory.facets(scope, query.site)),
    route(devices.fleet, async ({ scope }) => inventory.fleet(scope, await sites.list(scope))),
    route(devices.createDevice, async ({ principal, scope, body }) => {
      assertSite(scope, body.siteId);
      return inventory.create(principal, body);
    }),
    route(devices.getDevice, ({ principal, params }) => inventory.get(principal.tenantId, params.id)),
    route(devices.updateDevice, async ({ principal, scope, params, body }) => {
      if (body.siteId !== undefined) assertSite(scope, body.siteId);
      return inventory.update(principal, params.id, body);
    }),
    route(gateways.assignDevices, async ({ principal, scope, body: { deviceIds, gatewayId } }) => {
      for (const id of gatewayId === null ? deviceIds : [...deviceIds, gatewayId])
        inventory.assertWithin(scope, id);
      return { changed: await assignments.assign(principal, deviceIds, gatewayId ?? undefined) };
    }),
    route(devices.deleteDevice, async ({ principal, params }) => {
      await inventory.delete(principal, params.id);
      return {};
    }),
  ];
}

function credentialRoutes({ inventory, credentials, revocation, claims, grants }: Services): Route[] {
  return [
    route(devices.revokeDevice, async ({ principal, params }) => {
      await revocation.revoke(principal, params.id);
      return inventory.get(principal.tenantId, params.id);
    }),
    route(devices.reinstateDevice, ({ principal, params }) => revocation.reinstate(principal, params.id)),
    route(devices.listCredentials, ({ principal, params }) =>
      credentials.list(principal.tenantId, params.id),
    ),
    route(devices.rotateKey, ({ principal, params, body }) =>
      credentials.rotate(principal, params.id, body.overlapSeconds),
    ),
    route(devices.revokeCredential, async ({ principal, params }) => {
      await credentials.revoke(principal, params.id, params.credentialId);
      return {};
    }),
    route(devices.createClaimCode, ({ principal, params, body }) =>
      claims.create(principal, params.id, body.printed ?? false),
    ),
    route(devices.issueCertificate, ({ principal, params, body }) =>
      credentials.issueCertificate(principal, params.id, body),
    ),
    route(devices.getDeviceTopics, ({ principal, params }) => grants.read(principal.tenantId, params.id)),
    route(devices.setDeviceTopics, ({ principal, params, body }) =>
      grants.replace(principal, params.id, body),
    ),
  ];
}

function historyRoutes({ commands, refusals, logs, inventory }: Services): Route[] {
  return [
    route(devices.sendCommand, ({ principal, params, body }) => commands.send(principal, params.id, body)),
    route(devices.listCommands, ({ principal, params, query }) =>
      commands.list(principal.tenantId, params.id, {
        beforeSeq: numberOf(query.before),
        limit: limitOf(query.limit),
      }),
    ),
    route(devices.listRefusals, async ({ principal, params }) => {
      const { id } = await inventory.get(principal.tenantId, params.id);
      return refusals.ofDevice(principal.tenantId, id);
    }),
    route(devices.listDeviceLog, ({ principal, params, query }) => {
      const { before, limit, q, kind } = query;
      return logs.list(principal.tenantId, params.id, {
        beforeId: numberOf(before),
        limit: limitOf(limit),
        q,
        kind,
      });
    }),
  ];
}
