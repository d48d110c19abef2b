import type { IncomingMessage } from "node:http";
import { AppError, type Uuid } from "@gatehouse/base";
import { parseCookie } from "cookie";
import type { AccountsFeature } from "../features/accounts/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { LedgerFeature } from "../features/ledger/index.ts";
import type { LiveDeps } from "../features/live/index.ts";
import {
  createPermissions,
  type Mailer,
  mailNotifier,
  type PermissionsDeps,
  type PermissionsFeature,
  type PermissionTables,
} from "../features/permissions/index.ts";
import type { SettingsFeature } from "../features/settings/index.ts";
import { createTenants, type TenantsFeature, type TenantTables } from "../features/tenants/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { PersonGate } from "../platform/http/principal.ts";
import type { House } from "./house.ts";

type Db = ReturnType<typeof createDatabase<PermissionTables>>;

export function permissionsOf(
  house: House,
  db: Db,
  { audit }: Pick<LedgerFeature, "audit">,
  accounts: () => AccountsFeature,
  devices: () => DevicesFeature,
  mailer: Mailer,
): PermissionsFeature {
  const { clock, random, log, bus, masterKey, controls } = house;
  const people: PermissionsDeps["people"] = {
    find: (...who) => accounts().people.find(...who),
    list: (tenantId) => accounts().people.list(tenantId),
    setRole: (...change) => accounts().people.setRole(...change),
    principalOf: (...who) => accounts().people.principalOf(...who),
    hostTenantId: () => accounts().people.hostTenantId(),
  };
  const known = (tenantId: Uuid, deviceId: Uuid) => {
    const record = devices().findDevice(deviceId);
    return record?.tenantId === tenantId ? record : undefined;
  };
  return createPermissions({
    db,
    clock,
    random,
    log,
    bus,
    masterKey,
    audit,
    controls,
    people,
    places: {
      siteOf: (tenantId, deviceId) => known(tenantId, deviceId)?.siteId,
      deviceName: (tenantId, deviceId) => known(tenantId, deviceId)?.name,
      siteNames: async (tenantId) =>
        new Map((await devices().listSites(tenantId)).map(({ id, name }) => [id, name])),
    },
    notifier: mailNotifier(mailer, house.publicUrl),
    tenantIds: () => accounts().tenantIds(),
  });
}

const BEARER = /^Bearer (ghp_\S+)$/i;
const BASIC = /^Basic ([\w+/]+={0,2})$/i;

/** The token of a program: as Bearer, or as the password of Basic for those that can do no more, whatever the name. */
export function programToken(authorization = ""): string | undefined {
  const [, bearer] = BEARER.exec(authorization) ?? [];
  const [, basic = ""] = BASIC.exec(authorization) ?? [];
  const [, password] = /^[^:]*:(ghp_\S+)$/.exec(Buffer.from(basic, "base64").toString("latin1")) ?? [];
  return bearer ?? password;
}

/** Programs ask with a token of their own; a browser's cookies beside it do not count. */
export const withPrograms = (gate: PersonGate, programOf: PermissionsFeature["programOf"]): PersonGate => ({
  async authenticate(request, reply) {
    const token = programToken(request.headers.authorization);
    return token === undefined ? gate.authenticate(request, reply) : programOf(token);
  },
});

/** For open live connections, when something has changed about who may see what. */
const livePeople = (
  accounts: AccountsFeature,
  devices: DevicesFeature,
  permissions: PermissionsFeature,
): LiveDeps["people"] => ({
  async again(principal) {
    const { tenantId, program } = principal;
    if (program !== undefined) return permissions.programAgain(tenantId, program.tokenId);
    const now = await accounts.people.principalOf(principal.tenantId, principal.personId);
    return now && { ...principal, permissions: now.permissions };
  },
  siteOf: (deviceId) => devices.findDevice(deviceId)?.siteId,
});

/** Who is behind a live connection: by the cookie at the upgrade, and again when something has changed. */
export const browsersOf = (
  accounts: AccountsFeature,
  devices: DevicesFeature,
  permissions: PermissionsFeature,
  tenants: () => TenantsFeature,
): Pick<LiveDeps, "authenticate" | "people"> => ({
  people: livePeople(accounts, devices, permissions),
  authenticate: unlessSuspended(tenants, ({ headers }: IncomingMessage) =>
    accounts.principalByToken(parseCookie(headers.cookie ?? "")[accounts.accessCookie]),
  ),
});

/** The organisations of this installation, as its host sees them. */
export function tenantsOf(
  house: House,
  db: ReturnType<typeof createDatabase<TenantTables>>,
  { audit }: Pick<LedgerFeature, "audit">,
  accounts: AccountsFeature,
  devices: DevicesFeature,
  choices: SettingsFeature["settings"],
  isHost: (tenantId: Uuid) => boolean,
): TenantsFeature {
  const { clock, log, bus } = house;
  return createTenants({
    db,
    clock,
    log,
    bus,
    audit,
    accounts: {
      tenants: () => accounts.tenants(),
      found: (...founding) => accounts.foundTenant(...founding),
      inviteOwner: (...invitation) => accounts.inviteOwner(...invitation),
      remove: (...removal) => accounts.removeTenant(...removal),
    },
    inventory: {
      deviceIds: (tenantId) => devices.listDeviceIds(tenantId),
      countSites: async (tenantId) => (await devices.listSites(tenantId)).length,
    },
    names: {
      get: (tenantId) => choices.get(tenantId).organisation,
      async set(tenantId, organisation, alongside) {
        await choices.update(tenantId, { organisation }, alongside);
      },
    },
    isHost,
    hostTenantId: () => accounts.firstTenantId(),
  });
}

/** Of a suspended organisation nobody is let in, whoever vouches for them. */
export const unlessSuspended =
  <A extends unknown[], P extends { readonly tenantId: Uuid }>(
    tenants: () => TenantsFeature,
    authenticate: (...asked: A) => Promise<P | undefined>,
  ) =>
  async (...asked: A): Promise<P | undefined> => {
    const found = await authenticate(...asked);
    if (found !== undefined && tenants().isSuspended(found.tenantId)) throw new AppError("tenant.suspended");
    return found;
  };
