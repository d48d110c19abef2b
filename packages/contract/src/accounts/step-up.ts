import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { object, UnixMs } from "../schemas.ts";
import { CodeSent, FactorAnswer, FactorChoice, SentFactor } from "./factor-answers.ts";
import { AuthenticationResponse, RequestOptions } from "./webauthn.ts";

/** How long a step-up holds. */
export const STEP_UP_MS = 5 * 60_000;

const own = { tag: "people", audience: "operator", permission: "self" } as const;

export const StepUp = object({
  factors: Type.Array(FactorChoice),
  stepUpMs: Type.Optional(UnixMs),
});
export type StepUp = Static<typeof StepUp>;

export const StepUpDone = object({ stepUpMs: UnixMs });

export const getStepUp = endpoint({
  ...own,
  method: "GET",
  path: "/api/v1/auth/step-up",
  summary: "How one can confirm that it is oneself, and when one last did",
  reply: StepUp,
});
export const sendStepUpCode = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/step-up/code",
  perMinute: 20,
  summary: "Send a code to confirm with",
  body: object({ factor: SentFactor }),
  reply: CodeSent,
  errors: ["auth.factor_unavailable", "auth.throttled", "auth.message_limit", "auth.message_day_limit"],
  unrecorded: "a challenge; what comes of it is recorded",
});
export const stepUp = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/step-up",
  perMinute: 60,
  summary: "Confirm that it is oneself with a code, or with the password where there is no second factor",
  body: FactorAnswer,
  reply: StepUpDone,
  errors: [
    "auth.code_wrong",
    "auth.code_expired",
    "auth.codes_exhausted",
    "auth.factor_unavailable",
    "auth.invalid_credentials",
    "auth.throttled",
  ],
  records: ["session.stepped_up"],
});
export const startPasskeyStepUp = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/step-up/passkey/options",
  perMinute: 60,
  summary: "Options to confirm with one of one's own passkeys",
  reply: RequestOptions,
  errors: ["auth.passkey_on_address", "auth.factor_unavailable"],
  unrecorded: "a challenge; what comes of it is recorded",
});
export const finishPasskeyStepUp = endpoint({
  ...own,
  method: "POST",
  path: "/api/v1/auth/step-up/passkey",
  perMinute: 60,
  summary: "Confirm that it is oneself with a passkey",
  body: object({ response: AuthenticationResponse }),
  reply: StepUpDone,
  errors: ["auth.passkey_refused", "auth.passkey_on_address"],
  records: ["session.stepped_up"],
});
