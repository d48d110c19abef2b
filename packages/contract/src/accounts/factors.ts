import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, line, object, UnixMs, Uuid } from "../schemas.ts";
import { Code, CodeSent } from "./factor-answers.ts";
import { CreationOptions, RegistrationResponse } from "./webauthn.ts";

export const Passkey = object({
  id: Uuid,
  name: Type.String(),
  createdMs: UnixMs,
  lastUsedMs: Type.Optional(UnixMs),
  synced: Type.Boolean({ description: "Kept by a password manager on several devices" }),
  suspectedCopy: Type.Boolean({ description: "Its signature counter once went backwards" }),
});
export type Passkey = Static<typeof Passkey>;

const SentTo = object({
  on: Type.Boolean(),
  available: Type.Boolean({ description: "There is an address or number to send to" }),
  hint: Type.Optional(Type.String()),
});

export const Factors = object({
  required: Type.Boolean({ description: "This person must keep a second factor" }),
  passkeysPossible: Type.Boolean({ description: "False where the console is reached by an IP address" }),
  passkeys: Type.Array(Passkey),
  totp: Type.Optional(object({ createdMs: UnixMs, lastUsedMs: Type.Optional(UnixMs) })),
  email: SentTo,
  sms: SentTo,
  recoveryCodes: Type.Optional(object({ left: Type.Integer(), createdMs: UnixMs })),
});
export type Factors = Static<typeof Factors>;

const RecoveryCodes = Type.Array(Type.String(), { description: "Ten, each good once; shown this one time" });

/** With recovery codes when this is the person's first second factor. */
export const FactorAdded = object({ factors: Factors, recoveryCodes: Type.Optional(RecoveryCodes) });
export type FactorAdded = Static<typeof FactorAdded>;

const own = { tag: "people", audience: "operator", permission: "self" } as const;

export const getFactors = endpoint({
  ...own,
  method: "GET",
  path: "/api/v1/auth/factors",
  summary: "One's own second factors",
  reply: Factors,
});
export const startPasskey = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/passkeys/options",
  perMinute: 20,
  summary: "Options for a new passkey",
  reply: CreationOptions,
  errors: ["auth.passkey_on_address", "auth.step_up_required", "limit.reached"],
  unrecorded: "a challenge; what comes of it is recorded",
});
export const addPasskey = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/passkeys",
  perMinute: 20,
  summary: "Keep a new passkey",
  body: object({ name: line(60), response: RegistrationResponse }),
  reply: FactorAdded,
  status: 201,
  errors: [
    "auth.passkey_on_address",
    "auth.passkey_refused",
    "auth.step_up_required",
    "auth.factor_exists",
    "limit.reached",
  ],
  records: ["factor.added"],
});
export const renamePasskey = endpoint({
  ...own,
  method: "PATCH",
  path: "/api/v1/auth/factors/passkeys/:id",
  summary: "Give a passkey another name",
  params: IdParams,
  body: object({ name: line(60) }),
  reply: Factors,
  errors: ["factor.not_found"],
  records: ["factor.changed"],
});
export const removePasskey = endpoint({
  ...own,
  method: "DELETE",
  path: "/api/v1/auth/factors/passkeys/:id",
  summary: "Remove a passkey",
  params: IdParams,
  reply: Factors,
  errors: ["factor.not_found", "auth.step_up_required", "auth.factor_last"],
  records: ["factor.removed"],
});
export const startTotp = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/totp/secret",
  perMinute: 20,
  summary: "A new secret for an authenticator app; nothing changes until a code of it is confirmed",
  reply: object({
    secret: Type.String({ description: "Base32, for typing" }),
    url: Type.String({ description: "otpauth://…, for a QR code" }),
    expiresMs: UnixMs,
  }),
  errors: ["auth.step_up_required", "auth.factor_exists"],
  unrecorded: "a challenge; what comes of it is recorded",
});
export const addTotp = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/totp",
  perMinute: 20,
  summary: "Confirm the authenticator app with a code",
  body: object({ code: Code }),
  reply: FactorAdded,
  status: 201,
  errors: [
    "auth.step_up_required",
    "auth.code_wrong",
    "auth.code_expired",
    "auth.codes_exhausted",
    "auth.factor_exists",
  ],
  records: ["factor.added"],
});
export const removeTotp = endpoint({
  ...own,
  method: "DELETE",
  path: "/api/v1/auth/factors/totp",
  summary: "Remove the authenticator app",
  reply: Factors,
  errors: ["factor.not_found", "auth.step_up_required", "auth.factor_last"],
  records: ["factor.removed"],
});

const MediumParams = object({ medium: Type.Union([Type.Literal("email"), Type.Literal("sms")]) });

export const startSentCodes = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/sent/:medium/code",
  perMinute: 20,
  summary: "Send a code that shows where later codes go",
  params: MediumParams,
  reply: CodeSent,
  errors: [
    "auth.step_up_required",
    "auth.factor_unavailable",
    "auth.factor_exists",
    "auth.throttled",
    "auth.message_limit",
    "auth.message_day_limit",
  ],
  unrecorded: "a challenge; what comes of it is recorded",
});
export const addSentCodes = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/sent/:medium",
  perMinute: 20,
  summary: "Use codes by e-mail or SMS as a second factor from now on",
  params: MediumParams,
  body: object({ code: Code }),
  reply: FactorAdded,
  status: 201,
  errors: [
    "auth.step_up_required",
    "auth.code_wrong",
    "auth.code_expired",
    "auth.codes_exhausted",
    "auth.factor_unavailable",
  ],
  records: ["factor.added"],
});
export const removeSentCodes = endpoint({
  ...own,
  method: "DELETE",
  path: "/api/v1/auth/factors/sent/:medium",
  summary: "Stop using codes by e-mail or SMS",
  params: MediumParams,
  reply: Factors,
  errors: ["factor.not_found", "auth.step_up_required", "auth.factor_last"],
  records: ["factor.removed"],
});
export const renewRecoveryCodes = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/factors/recovery-codes",
  perMinute: 20,
  summary: "Ten new recovery codes; all earlier ones end",
  reply: object({ recoveryCodes: RecoveryCodes }),
  status: 201,
  errors: ["auth.step_up_required", "auth.factor_unavailable"],
  records: ["factor.changed"],
});
