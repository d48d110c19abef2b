import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, Email, object, text } from "../schemas.ts";
import { LinkToken, RequestTaken } from "./link.ts";

/** As typed; how strong it must be is the policy's to say. */
export const Password = Type.String({ minLength: 1, maxLength: 512 });

export const CharacterClass = Type.Union([
  Type.Literal("upper"),
  Type.Literal("lower"),
  Type.Literal("digit"),
  Type.Literal("symbol"),
]);
export type CharacterClass = Static<typeof CharacterClass>;

export const PasswordVerdict = object({
  ok: Type.Boolean(),
  score: Type.Integer({ minimum: 0, maximum: 4, description: "zxcvbn score; 3 is required" }),
  tooShort: Type.Boolean({ description: "Fewer characters than `minLength`" }),
  minLength: Type.Integer({ description: "12, or more where the organisation asks for more" }),
  breached: Type.Boolean({ description: "Is on the list of passwords that were stolen elsewhere" }),
  missing: Type.Array(CharacterClass, {
    description: "Kinds of characters that the organisation's policy asks for and the password lacks",
  }),
  warning: Type.Optional(Type.String({ description: "zxcvbn warning key" })),
  suggestions: Type.Array(Type.String()),
});
export type PasswordVerdict = Static<typeof PasswordVerdict>;

export const checkPassword = endpoint({
  method: "POST",
  path: "/api/v1/auth/password-check",
  tag: "people",
  audience: "public",
  perMinute: 120,
  summary: "Judge a password before it is chosen; nothing is stored",
  body: object({ password: Password, context: Type.Array(text(254), { maxItems: 8 }) }),
  reply: PasswordVerdict,
  unrecorded: "changes nothing",
});
export const changePassword = endpoint({
  method: "POST",
  path: "/api/v1/auth/password",
  tag: "people",
  audience: "operator",
  permission: "self",
  perMinute: 20,
  summary: "Change one's own password; every other session ends",
  body: object({ current: Password, next: Password }),
  reply: Done,
  errors: ["auth.invalid_credentials", "auth.password_weak", "auth.throttled"],
  records: ["password.changed"],
});
export const requestPasswordReset = endpoint({
  method: "POST",
  path: "/api/v1/auth/password/reset",
  tag: "people",
  audience: "public",
  perMinute: 20,
  summary: "Send a link for a new password; the answer is the same whether the account exists or not",
  body: object({ email: Email }),
  reply: RequestTaken,
  status: 202,
  unrecorded: "anybody can ask for any address; what comes of it is recorded",
});
export const resetPassword = endpoint({
  method: "POST",
  path: "/api/v1/auth/password/reset/confirm",
  tag: "people",
  audience: "public",
  perMinute: 20,
  summary: "Set a new password with a link's token; every session ends, second factors stay",
  body: object({ token: LinkToken, password: Password }),
  reply: Done,
  errors: ["auth.link_invalid", "auth.password_weak"],
  records: ["password.reset"],
});
