import { access } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { ApprovalService } from "./approvals/approval-service.ts";
import type { PolicyBoard } from "./approvals/policy-board.ts";
import type { GrantService } from "./grants/grant-service.ts";
import type { RoleService } from "./roles/role-service.ts";
import type { TokenService } from "./tokens/token-service.ts";

export interface PermissionServices {
  readonly roles: RoleService;
  readonly grants: GrantService;
  readonly tokens: TokenService;
  readonly approvals: ApprovalService;
  readonly policies: PolicyBoard;
}

export function permissionRoutes({ roles, grants, tokens, ...rest }: PermissionServices): Route[] {
  return [
    route(access.listRoles, async ({ principal }) => ({ items: await roles.list(principal) })),
    route(access.createRole, ({ principal, body }) => roles.create(principal, body)),
    route(access.updateRole, ({ principal, params, body }) => roles.update(principal, params.id, body)),
    route(access.removeRole, async ({ principal, params }) => {
      await roles.remove(principal, params.id);
      return {};
    }),
    route(access.listGrants, ({ principal, query }) => grants.list(principal.tenantId, query)),
    route(access.getPersonAccess, ({ principal, params }) => grants.of(principal.tenantId, params.id)),
    route(access.setMainRole, ({ principal, params, body }) =>
      grants.setMainRole(principal, params.id, body),
    ),
    route(access.addGrant, ({ principal, params, body }) => grants.add(principal, params.id, body)),
    route(access.removeGrant, async ({ principal, params }) => {
      await grants.remove(principal, params.id, params.grantId);
      return {};
    }),
    route(access.listTokens, async ({ principal }) => ({ items: await tokens.list(principal.tenantId) })),
    route(access.createToken, ({ principal, body }) => tokens.create(principal, body)),
    route(access.revokeToken, async ({ principal, params }) => {
      await tokens.revoke(principal.tenantId, params.id);
      return {};
    }),
    ...approvalRoutes(rest),
  ];
}

function approvalRoutes({
  approvals,
  policies,
}: Pick<PermissionServices, "approvals" | "policies">): Route[] {
  return [
    route(access.listApprovals, ({ principal, query }) => approvals.list(principal, query)),
    route(access.getApproval, ({ principal, params }) => approvals.get(principal, params.id)),
    route(access.approve, ({ principal, params, body, ...via }) =>
      approvals.approve(principal, params.id, body.reason, via),
    ),
    route(access.carryOut, ({ principal, params, body, ...via }) =>
      approvals.carryOut(principal, params.id, body.reason, via),
    ),
    route(access.refuse, ({ principal, params, body }) =>
      approvals.refuse(principal, params.id, body.reason),
    ),
    route(access.withdraw, ({ principal, params }) => approvals.withdraw(principal, params.id)),
    route(access.takeReply, async ({ principal, params }) => ({
      reply: await approvals.takeReply(principal, params.id),
    })),
    route(access.getApprovalPolicy, async ({ principal }) => policies.of(principal.tenantId)),
    route(access.setApprovalPolicy, ({ principal, body }) => policies.set(principal, body)),
  ];
}
