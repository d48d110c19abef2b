import { type Static, Type } from "typebox";
import { RoleName } from "../access/schemas.ts";
import { endpoint } from "../endpoint.ts";
import { Done, Email, IdParams, Language, line, object, QueryInt, UnixMs, Uuid } from "../schemas.ts";
import { LinkToken } from "./link.ts";
import { OneTimeCode, Phone, SiteIds } from "./personal.ts";

export const Invitation = object({
  id: Uuid,
  name: Type.String(),
  email: Type.String(),
  role: RoleName,
  /** Where the role holds; absent = in the whole organisation. */
  siteIds: Type.Optional(Type.Array(Uuid)),
  language: Language,
  state: Type.Union([
    Type.Literal("open"),
    Type.Literal("used"),
    Type.Literal("revoked"),
    Type.Literal("expired"),
  ]),
  invitedBy: Type.Optional(Type.String()),
  createdMs: UnixMs,
  expiresMs: UnixMs,
  /** The link was opened: the e-mail address is right. */
  openedMs: Type.Optional(UnixMs),
  usedMs: Type.Optional(UnixMs),
  /** How often the mail was sent. */
  sent: Type.Integer({ minimum: 1 }),
});
export type Invitation = Static<typeof Invitation>;

const staff = { tag: "people", audience: "operator", permission: "people.write" } as const;

export const listInvitations = endpoint({
  method: "GET",
  path: "/api/v1/invitations",
  tag: "people",
  audience: "operator",
  permission: "people.read",
  summary: "Invitations, newest first",
  query: object({
    state: Type.Optional(Invitation.properties.state),
    limit: Type.Optional(QueryInt),
    offset: Type.Optional(QueryInt),
  }),
  reply: object({ items: Type.Array(Invitation), total: Type.Integer({ minimum: 0 }) }),
});
export const invite = endpoint({
  ...staff,
  method: "POST",
  path: "/api/v1/invitations",
  stepUp: true,
  perMinute: 20,
  summary:
    "Invite somebody by a mail whose link works once, for seven days; nobody can give more than they have",
  body: object({
    name: line(120),
    email: Email,
    role: RoleName,
    siteIds: Type.Optional(SiteIds),
    language: Type.Optional(Language),
  }),
  reply: Invitation,
  status: 201,
  errors: ["account.email_taken", "role.not_found", "role.exceeds_own", "site.not_found", "limit.reached"],
  records: ["person.invited"],
});
export const resendInvitation = endpoint({
  ...staff,
  method: "POST",
  path: "/api/v1/invitations/:id/resend",
  perMinute: 10,
  summary: "Send a new link for another seven days; the one before ends",
  params: IdParams,
  resource: { kind: "invitation", param: "id" },
  body: object({}),
  reply: Invitation,
  errors: [
    "invitation.not_found",
    "invitation.closed",
    "role.exceeds_own",
    "auth.throttled",
    "limit.reached",
  ],
  records: ["person.invited"],
});
export const revokeInvitation = endpoint({
  ...staff,
  method: "DELETE",
  path: "/api/v1/invitations/:id",
  summary: "Take an invitation back: its link ends",
  params: IdParams,
  resource: { kind: "invitation", param: "id" },
  reply: Done,
  errors: ["invitation.not_found", "invitation.closed"],
  records: ["person.invitation_revoked"],
});

// whoever got the mail; the page behind the link asks by POST, because mail scanners fetch links

/** What the page behind the link shows. */
export const OpenInvitation = object({
  organisation: Type.String(),
  name: Type.String(),
  email: Type.String(),
  role: RoleName,
  language: Language,
  expiresMs: UnixMs,
  /** details: name, phone and password are asked for; phone: an SMS went out. */
  step: Type.Union([Type.Literal("details"), Type.Literal("phone")]),
  /** Where the code went, masked. */
  sentTo: Type.Optional(Type.String()),
  resendAtMs: Type.Optional(UnixMs),
});
export type OpenInvitation = Static<typeof OpenInvitation>;

const guest = { tag: "people", audience: "public" } as const;

export const openInvitation = endpoint({
  ...guest,
  method: "POST",
  path: "/api/v1/invitations/open",
  perMinute: 30,
  summary: "What an invitation is for; to have its link confirms the e-mail address",
  body: object({ token: LinkToken }),
  reply: OpenInvitation,
  errors: ["auth.link_invalid"],
  unrecorded: "nobody is known yet: the entry is made when the phone is confirmed too",
});
export const acceptInvitation = endpoint({
  ...guest,
  method: "POST",
  path: "/api/v1/invitations/accept",
  perMinute: 10,
  summary: "Name, phone and password; an SMS has a code. Again = another SMS",
  body: object({
    token: LinkToken,
    name: line(120),
    phone: Phone,
    password: Type.String({ minLength: 1, maxLength: 512 }),
    language: Language,
  }),
  reply: OpenInvitation,
  status: 202,
  errors: ["auth.link_invalid", "auth.password_weak", "auth.throttled"],
  unrecorded: "nobody is known yet: the entry is made when the phone is confirmed too",
});
export const confirmInvitation = endpoint({
  ...guest,
  method: "POST",
  path: "/api/v1/invitations/confirm",
  perMinute: 30,
  summary: "Confirm the phone with the code: the account is there and the role holds; log in next",
  body: object({ token: LinkToken, code: OneTimeCode }),
  reply: object({ email: Type.String() }),
  status: 201,
  errors: ["auth.link_invalid", "auth.code_wrong", "auth.code_expired", "account.email_taken"],
  records: ["person.confirmed"],
});
