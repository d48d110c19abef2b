import { accounts } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { Acceptance } from "./acceptance.ts";
import type { InvitationService } from "./invitation-service.ts";

export function invitationRoutes(invitations: InvitationService, acceptance: Acceptance): Route[] {
  return [
    route(accounts.listInvitations, ({ principal, query }) => invitations.list(principal.tenantId, query)),
    route(accounts.invite, ({ principal, body }) => invitations.invite(principal, body)),
    route(accounts.resendInvitation, ({ principal, params }) => invitations.resend(principal, params.id)),
    route(accounts.revokeInvitation, async ({ principal, params }) => {
      await invitations.revoke(principal.tenantId, params.id);
      return {};
    }),
    route(accounts.openInvitation, ({ body }) => acceptance.open(body.token)),
    route(accounts.acceptInvitation, ({ body }) => acceptance.accept(body)),
    route(accounts.confirmInvitation, ({ body }) => acceptance.confirm(body.token, body.code)),
  ];
}
