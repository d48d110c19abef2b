import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, Email, object, UnixMs } from "../schemas.ts";
import { LinkToken } from "./link.ts";
import { Erasure, OneTimeCode, PersonalDetails, Phone, PostalAddress } from "./personal.ts";

/** A change of e-mail address or phone that waits for its confirmation. */
const PendingChange = object({
  to: Type.String({ description: "Masked" }),
  expiresMs: UnixMs,
  /** When another message can be asked for; absent when no more are sent. */
  resendAtMs: Type.Optional(UnixMs),
});

export const OwnDetails = object({
  details: PersonalDetails,
  pendingEmail: Type.Optional(PendingChange),
  pendingPhone: Type.Optional(PendingChange),
  erasure: Type.Optional(Erasure),
});
export type OwnDetails = Static<typeof OwnDetails>;

const own = { tag: "people", audience: "operator", permission: "self" } as const;

export const getOwnDetails = endpoint({
  ...own,
  method: "GET",
  path: "/api/v1/auth/me/details",
  summary: "One's own phone, address and identity number, and changes that wait for a confirmation",
  reply: OwnDetails,
});
export const updateOwnDetails = endpoint({
  ...own,
  method: "PATCH",
  path: "/api/v1/auth/me/details",
  summary: "Change one's own postal address",
  body: object({ address: PostalAddress }),
  reply: OwnDetails,
  records: ["person.changed"],
});
export const changeEmail = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/me/email",
  stepUp: true,
  perMinute: 10,
  summary: "Ask for another e-mail address: a mail to it has a link and a code. Again = another mail",
  body: object({ email: Email }),
  reply: OwnDetails,
  status: 202,
  errors: ["auth.throttled", "auth.message_limit", "request.conflict"],
  records: ["person.change_requested"],
});
export const confirmEmail = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/me/email/confirm",
  perMinute: 30,
  summary: "Confirm the new e-mail address with the code or the link's token; the old one gets a notice",
  body: Type.Union([object({ code: OneTimeCode }), object({ token: LinkToken })]),
  reply: OwnDetails,
  errors: ["auth.code_wrong", "auth.code_expired"],
  records: ["person.changed"],
});
export const changePhone = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/me/phone",
  stepUp: true,
  perMinute: 10,
  summary: "Ask for another phone number: an SMS to it has a code. Again = another SMS",
  body: object({ phone: Phone }),
  reply: OwnDetails,
  status: 202,
  errors: ["auth.throttled", "auth.message_limit", "request.conflict"],
  records: ["person.change_requested"],
});
export const confirmPhone = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/me/phone/confirm",
  perMinute: 30,
  summary: "Confirm the new phone number with the code; the old one gets a notice",
  body: object({ code: OneTimeCode }),
  reply: OwnDetails,
  errors: ["auth.code_wrong", "auth.code_expired"],
  records: ["person.changed"],
});
export const withdrawChange = endpoint({
  ...own,
  method: "DELETE",
  path: "/api/v1/auth/me/pending-change",
  summary: "Forget changes of e-mail address and phone that are not confirmed yet",
  reply: OwnDetails,
  unrecorded: "takes back what was only asked for",
});
export const revertChange = endpoint({
  method: "POST",
  path: "/api/v1/auth/revert",
  tag: "people",
  audience: "public",
  perMinute: 20,
  summary:
    "Take back a change of e-mail address or phone within 72 h, with the link that the old one got: every session ends and the password has to be chosen anew",
  body: object({ token: LinkToken }),
  reply: object({ what: Type.Union([Type.Literal("email"), Type.Literal("phone")]) }),
  errors: ["auth.link_invalid"],
  records: ["person.changed"],
});
export const exportMe = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/me/export",
  stepUp: true,
  perMinute: 10,
  summary: "Everything that is held about oneself, as JSON",
  body: object({}),
  reply: Done,
  contentType: "application/json",
  records: ["person.exported"],
});
export const requestErasure = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/me/erasure",
  stepUp: true,
  summary: "Have one's own account erased; it can be withdrawn for 72 h",
  body: object({}),
  reply: Erasure,
  status: 202,
  errors: ["account.last_owner", "account.state"],
  records: ["person.erasure_requested"],
});
export const withdrawErasure = endpoint({
  ...own,
  method: "DELETE",
  path: "/api/v1/auth/me/erasure",
  summary: "Keep one's own account after all",
  reply: Done,
  errors: ["account.state"],
  records: ["person.erasure_withdrawn"],
});
