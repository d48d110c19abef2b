import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Email, Language, line, object, UnixMs } from "../schemas.ts";
import { LinkToken } from "./link.ts";
import { IdentityNumber, OneTimeCode, Phone, PostalAddress } from "./personal.ts";

/** Names the organisation in the sign-up link; nobody can guess it. With one organisation it may be left out. */
export const SignUpId = Type.String({ pattern: "^[0-9a-f]{32}$" });

/**
 * Where the sign-up of this browser stands; a cookie ties the two together. The same whether the e-mail address
 * already has an account or not. email → phone → waiting → approved or rejected; none = none under way here.
 */
export const SignUpProgress = object({
  step: Type.Union([
    Type.Literal("none"),
    Type.Literal("email"),
    Type.Literal("phone"),
    Type.Literal("waiting"),
    Type.Literal("approved"),
    Type.Literal("rejected"),
  ]),
  /** Where the last code went, masked: `a•••@example.org`, `+33 ••• 78`. */
  sentTo: Type.Optional(Type.String()),
  /** When another code can be asked for; absent when no more are sent. */
  resendAtMs: Type.Optional(UnixMs),
  /** Then the sign-up is forgotten unless it is confirmed. */
  expiresMs: Type.Optional(UnixMs),
  /** Of a rejection. */
  reason: Type.Optional(Type.String()),
});
export type SignUpProgress = Static<typeof SignUpProgress>;

const open = { tag: "sign-up", audience: "public" } as const;

export const getSignUp = endpoint({
  ...open,
  method: "GET",
  path: "/api/v1/sign-up",
  perMinute: 60,
  summary: "Whether customers can sign up, and with whom",
  query: object({ id: Type.Optional(SignUpId) }),
  reply: object({
    open: Type.Boolean(),
    organisation: Type.Optional(Type.String({ description: "Only where sign-up is on" })),
  }),
});
export const signUp = endpoint({
  ...open,
  method: "POST",
  path: "/api/v1/sign-up",
  perMinute: 10,
  summary: "Sign up: the answer is the same whether the e-mail address has an account or not",
  body: object({
    id: Type.Optional(SignUpId),
    name: line(120),
    email: Email,
    phone: Phone,
    address: PostalAddress,
    identityNumber: Type.Optional(IdentityNumber),
    password: Type.String({ minLength: 1, maxLength: 512 }),
    language: Language,
  }),
  reply: SignUpProgress,
  status: 202,
  errors: ["sign_up.closed", "sign_up.full", "auth.password_weak", "auth.throttled"],
  unrecorded: "nobody is known yet: the entry is made when e-mail address and phone are confirmed",
});
export const getSignUpProgress = endpoint({
  ...open,
  method: "GET",
  path: "/api/v1/sign-up/progress",
  perMinute: 120,
  summary: "Where the sign-up of this browser stands",
  reply: SignUpProgress,
});
export const confirmSignUpEmail = endpoint({
  ...open,
  method: "POST",
  path: "/api/v1/sign-up/email",
  perMinute: 30,
  summary:
    "Confirm the e-mail address with the code, or with the link's token; in another browser the token needs the password too",
  body: Type.Union([
    object({ code: OneTimeCode }),
    object({ token: LinkToken, password: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })) }),
  ]),
  reply: SignUpProgress,
  errors: [
    "auth.code_wrong",
    "auth.code_expired",
    "auth.link_invalid",
    "sign_up.none",
    "sign_up.other_browser",
    "auth.throttled",
  ],
  unrecorded: "nobody is known yet: the entry is made when the phone is confirmed too",
});
export const confirmSignUpPhone = endpoint({
  ...open,
  method: "POST",
  path: "/api/v1/sign-up/phone",
  perMinute: 30,
  summary: "Confirm the phone with the code; from now on the sign-up waits for a decision",
  body: object({ code: OneTimeCode }),
  reply: SignUpProgress,
  errors: ["auth.code_wrong", "auth.code_expired", "sign_up.none", "account.email_taken"],
  records: ["person.signed_up"],
});
export const resendSignUpCode = endpoint({
  ...open,
  method: "POST",
  path: "/api/v1/sign-up/resend",
  perMinute: 10,
  summary: "Send the code of this step again; the one before ends",
  body: object({}),
  reply: SignUpProgress,
  status: 202,
  errors: ["sign_up.none", "auth.throttled", "auth.message_limit"],
  unrecorded: "nobody is known yet",
});
export const cancelSignUp = endpoint({
  ...open,
  method: "DELETE",
  path: "/api/v1/sign-up",
  perMinute: 20,
  summary: "Forget the sign-up of this browser, to begin anew; one that waits for a decision stays",
  reply: SignUpProgress,
  unrecorded: "nobody is known yet",
});
export const getSignUpLink = endpoint({
  method: "GET",
  path: "/api/v1/people/sign-up-link",
  tag: "sign-up",
  audience: "operator",
  permission: "people.read",
  summary: "The link to give to customers; it works while the setting `signUp` is on",
  reply: object({ open: Type.Boolean(), url: Type.String(), waiting: Type.Integer({ minimum: 0 }) }),
});
