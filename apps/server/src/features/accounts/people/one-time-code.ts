import { AppError, type Random, type UnixMs } from "@gatehouse/base";
import { deriveKey, equalConstantTime, hmacSha256, type MasterKey } from "../../../platform/secrets/index.ts";
import { randomDigits } from "../factors/sent-codes.ts";
import type { SentCode } from "./people-tables.ts";

export const CODE_MS = 10 * 60_000;
const RESEND_MS = 60_000;
/** Codes of one sign-up, invitation or change: five times five guesses at a million. */
const MOST_SENT = 5;
const MOST_WRONG = 5;

export type CodeVerdict = "right" | "wrong" | "expired";

/** Six digits that confirm an address or a phone before there is an account: ten minutes, five tries, stored as HMAC. */
export class OneTimeCodes {
  readonly #random: Random;
  readonly #key: Uint8Array;

  constructor(masterKey: MasterKey, random: Random) {
    this.#random = random;
    this.#key = deriveKey(masterKey, "accounts/one-time-codes");
  }

  /**
   * A new code in place of the one before; `scope` names what it is for and where it goes. Of a decoy no code is
   * right. Refuses auth.throttled and auth.message_limit.
   */
  issue(
    scope: string,
    before: SentCode | null,
    nowMs: UnixMs,
    isDecoy = false,
  ): { readonly code: string; readonly stored: SentCode } {
    const resendAtMs = before === null ? nowMs : resendAt(before);
    if (resendAtMs === undefined) throw new AppError("auth.message_limit");
    // A clock set back must not make anybody wait longer than the pause itself.
    const waitMs = Math.min(RESEND_MS, resendAtMs - nowMs);
    if (waitMs > 0) throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    const code = randomDigits(this.#random);
    const hash = isDecoy ? "" : this.#mac(scope, code);
    const sent = (before?.sent ?? 0) + 1;
    return { code, stored: { hash, untilMs: nowMs + CODE_MS, wrong: 0, sent, sentMs: nowMs } };
  }

  judge(scope: string, stored: SentCode, code: string, nowMs: UnixMs): CodeVerdict {
    if (nowMs >= stored.untilMs || stored.wrong >= MOST_WRONG) return "expired";
    return equalConstantTime(this.#mac(scope, code.replaceAll(" ", "")), stored.hash) ? "right" : "wrong";
  }

  #mac(scope: string, code: string): string {
    return Buffer.from(hmacSha256(this.#key, `${scope}\0${code}`)).toString("base64url");
  }
}

/** When another one may be asked for; undefined when no more are sent. */
export const resendAt = ({ sent, sentMs }: SentCode): UnixMs | undefined =>
  sent >= MOST_SENT ? undefined : sentMs + RESEND_MS;

/** Refuses what a code that is not right stands for. */
export function refuseCode(verdict: Exclude<CodeVerdict, "right">): never {
  throw new AppError(verdict === "wrong" ? "auth.code_wrong" : "auth.code_expired");
}
