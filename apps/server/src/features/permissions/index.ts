import type { Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import type { PersonPrincipal } from "../../platform/http/principal.ts";
import { ofTenant } from "../../platform/http/resources.ts";
import type { SecondPerson } from "../../platform/http/second-person.ts";
import type { NameSource } from "../../platform/names.ts";
import { AccessDirectory, type Asking } from "./access/access-directory.ts";
import { ApprovalService, type Mounted } from "./approvals/approval-service.ts";
import { failInterrupted, findApprovalTenant } from "./approvals/approval-store.ts";
import { PolicyBoard } from "./approvals/policy-board.ts";
import type { PermissionsDeps } from "./context.ts";
import { GrantService } from "./grants/grant-service.ts";
import { permissionJobs } from "./jobs.ts";
import { createPermissions as createTables } from "./migrations/001-create.ts";
import { removeAccessLog } from "./migrations/002-no-access-log.ts";
import { personalData } from "./personal-data-store.ts";
import { RoleService } from "./roles/role-service.ts";
import { findRoleTenant, RoleStore } from "./roles/role-store.ts";
import { permissionRoutes } from "./routes.ts";
import { TokenService } from "./tokens/token-service.ts";
import { findTokenTenant } from "./tokens/token-store.ts";

export { type Mailer, mailNotifier } from "./approvals/mail-notifier.ts";
export type { PermissionsDeps } from "./context.ts";
export type { ApprovalNotifier, KnownPerson, People, Places } from "./ports.ts";
export type { PermissionTables } from "./tables.ts";

export const permissionsMigrations: FeatureMigrations = {
  feature: "permissions",
  migrations: [createTables, removeAccessLog],
};

export interface PermissionsFeature extends Feature {
  readonly secondPerson: SecondPerson;
  /** What a person may do now; from memory. */
  accessOf(asking: Asking): access.Access;
  isHost(tenantId: Uuid): boolean;
  /** Refuses with role.exceeds_own or site.not_found: nobody gives what they may not do there themselves. */
  assertMayGive: GrantService["assertMayGive"];
  /** After a commit: what this person may do has changed. */
  personChanged(tenantId: Uuid, personId: Uuid): Promise<void>;
  /** A new person's main role holds at these sites alone; in the transaction that makes the account. */
  narrow: GrantService["narrow"];
  /** Who asks with `Authorization: Bearer ghp_…`. Fails with auth.token_invalid. */
  programOf(token: string): Promise<PersonPrincipal>;
  /** What a program with something open may do now; undefined when its token has ended. */
  programAgain(tenantId: Uuid, tokenId: Uuid): Promise<PersonPrincipal | undefined>;
  /** What is held here about people: for an account's export and its erasure. */
  readonly personalData: ReturnType<typeof personalData>;
  /** Requests that this person could approve now. */
  approvalsWaitingFor(principal: PersonPrincipal): Promise<number>;
  /** An organisation that has just been made. */
  tenantAdded(tenantId: Uuid): void;
  /** After everything is mounted, before anybody asks. */
  useMounted(mounted: Mounted): void;
}

export function createPermissions(
  deps: PermissionsDeps & { tenantIds(): Promise<readonly Uuid[]> },
): PermissionsFeature {
  const { db, bus, people } = deps;
  const directory = new AccessDirectory(db, bus);
  const context = { ...deps, directory };
  let mounted: Mounted | undefined;
  const policies = new PolicyBoard(context);
  const grants = new GrantService(context);
  const tokens = new TokenService(context);
  const approvals = new ApprovalService(context, policies, () => {
    if (mounted === undefined) throw new Error("nothing is mounted yet");
    return mounted;
  });
  return {
    name: "permissions",
    names: [
      {
        kind: "role",
        permission: "role.read",
        list: ({ tenantId }) => new RoleStore(db, tenantId).list(),
      },
      // A program acts under the name of its token.
      ...["token", "program"].map(
        (kind): NameSource => ({
          kind,
          permission: "token.read",
          list: ({ tenantId }) => tokens.list(tenantId),
        }),
      ),
    ],
    routes: permissionRoutes({ roles: new RoleService(context), grants, tokens, approvals, policies }),
    jobs: permissionJobs(context, tokens, deps.tenantIds),
    resources: {
      role: async (id) => ofTenant(await findRoleTenant(db, id)),
      token: async (id) => ofTenant(await findTokenTenant(db, id)),
      // Who may see one is decided by its act, not by a place.
      async approval(id) {
        const tenantId = await findApprovalTenant(db, id);
        return tenantId === undefined ? undefined : { tenantId, places: () => [] };
      },
    },
    async start() {
      await directory.load(await deps.tenantIds(), await people.hostTenantId());
      await policies.load();
      await failInterrupted(db);
    },
    personalData: personalData(db),
    secondPerson: approvals,
    approvalsWaitingFor: (principal) => approvals.waitingFor(principal),
    accessOf: (asking) => directory.accessOf(asking),
    isHost: (tenantId) => directory.isHost(tenantId),
    assertMayGive: (...gift) => grants.assertMayGive(...gift),
    personChanged: (tenantId, personId) => directory.changed(tenantId, [personId]),
    narrow: (...narrowing) => grants.narrow(...narrowing),
    programOf: (token) => tokens.authenticate(token),
    programAgain: (...which) => tokens.again(...which),
    tenantAdded: (tenantId) => directory.added(tenantId),
    useMounted(given) {
      mounted = given;
    },
  };
}
