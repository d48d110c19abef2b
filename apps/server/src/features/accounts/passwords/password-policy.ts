import { AppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { PasswordEstimator } from "./password-estimator.ts";

const MIN_LENGTH = 12;
const MIN_SCORE = 3;
/** zxcvbn's time grows with the square of the length; a password that is strong so far stays strong. */
const JUDGED_LENGTH = 72;
/** Parts of a name or address shorter than this are in half of all words. */
const CONTEXT_LENGTH = 3;
const MAX_CONTEXT_WORDS = 40;

/** Words that this person's password must not lean on. */
export function contextWords(given: readonly string[]): string[] {
  const words = ["gatehouse", ...given].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  return [...new Set(words.filter((word) => word.length >= CONTEXT_LENGTH))].slice(0, MAX_CONTEXT_WORDS);
}

/** What a new password must be: 12 characters, score 3 of 4 (zxcvbn, Wheeler 2016; ASVS 6.2.1, 6.2.5), no composition rules. */
export class PasswordPolicy {
  readonly #estimator: PasswordEstimator;

  constructor(estimator: PasswordEstimator) {
    this.#estimator = estimator;
  }

  async judge(password: string, context: readonly string[]): Promise<accounts.PasswordVerdict> {
    const estimate = await this.#estimator.estimate({
      password: password.slice(0, JUDGED_LENGTH),
      words: contextWords(context),
    });
    const tooShort = [...password].length < MIN_LENGTH;
    return {
      ok: !tooShort && estimate.score >= MIN_SCORE,
      tooShort,
      minLength: MIN_LENGTH,
      breached: false,
      missing: [],
      ...estimate,
    };
  }

  /** Fails with auth.password_weak and the verdict. */
  async assertStrong(password: string, context: readonly string[]): Promise<void> {
    const { ok, ...verdict } = await this.judge(password, context);
    if (!ok) throw new AppError("auth.password_weak", verdict);
  }
}
