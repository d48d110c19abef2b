import type { UnixMs } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import { maskEmail, maskPhone } from "../factors/hints.ts";
import { resendAt } from "../people/one-time-code.ts";
import type { SignUpRow } from "./sign-up-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** To confirm both e-mail address and phone. */
export const UNCONFIRMED_MS = DAY_MS;
/** How long a browser is shown how its sign-up went. */
export const PROGRESS_MS = 30 * DAY_MS;
/** Of one e-mail address and of one tenant; the oldest that nobody confirmed make room. */
export const MOST_UNCONFIRMED = { ofAddress: 3, ofTenant: 1_000 };
/** People who wait for a decision, of one tenant. */
export const MOST_WAITING = 500;
/** New sign-ups of one network. */
export const NETWORK_BUDGET = { most: 10, withinMs: HOUR_MS };

export const NO_SIGN_UP: accounts.SignUpProgress = { step: "none" };

const STEPS = {
  waiting: "waiting",
  active: "approved",
  disabled: "approved",
  rejected: "rejected",
  erased: "none",
} as const satisfies Record<accounts.PersonState, accounts.SignUpProgress["step"]>;

/** What the browser sees while nothing is confirmed; `phone` is what was typed. */
export function progressOf(
  { code, email, email_confirmed_at, expires_at }: SignUpRow,
  phone: string,
): accounts.SignUpProgress {
  const isPhone = email_confirmed_at !== null;
  const resendAtMs: UnixMs | undefined = resendAt(code);
  return {
    step: isPhone ? "phone" : "email",
    sentTo: isPhone ? maskPhone(phone) : maskEmail(email),
    expiresMs: expires_at.getTime(),
    ...(resendAtMs === undefined ? {} : { resendAtMs }),
  };
}

export function progressOfPerson(
  person: { readonly state: accounts.PersonState; readonly decision_reason: string | null } | undefined,
): accounts.SignUpProgress {
  if (person === undefined) return NO_SIGN_UP;
  const step = STEPS[person.state];
  return step === "rejected" && person.decision_reason !== null
    ? { step, reason: person.decision_reason }
    : { step };
}
