import { AppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { PasswordEstimator } from "./password-estimator.ts";

/** ASVS 6.2.1; an organisation may ask for more. */
export const MIN_LENGTH = 12;
const MIN_SCORE = 3;
/** Parts of a name or address shorter than this are in half of all words. */
const CONTEXT_LENGTH = 3;
const MAX_CONTEXT_WORDS = 40;

/** What an organisation asks for beyond ours. */
export interface PasswordRules {
  readonly minLength: number;
  readonly require: readonly accounts.CharacterClass[];
}

export const NO_RULES: PasswordRules = { minLength: MIN_LENGTH, require: [] };

const CLASSES: Record<accounts.CharacterClass, RegExp> = {
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  digit: /\p{Nd}/u,
  symbol: /[^\p{L}\p{N}\s]/u,
};

/** Words that this person's password must not lean on. */
export function contextWords(given: readonly string[]): string[] {
  const words = ["gatehouse", ...given].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  return [...new Set(words.filter((word) => word.length >= CONTEXT_LENGTH))].slice(0, MAX_CONTEXT_WORDS);
}

/**
 * What a new password must be: 12 characters, score 3 of 4 (zxcvbn, Wheeler 2016; ASVS 6.2.1), not one that was stolen
 * elsewhere (ASVS 6.2.4), and no composition rules (ASVS 6.2.5) but those that the organisation switched on.
 */
export class PasswordPolicy {
  readonly #estimator: PasswordEstimator;

  constructor(estimator: PasswordEstimator) {
    this.#estimator = estimator;
  }

  async judge(
    password: string,
    context: readonly string[],
    rules: PasswordRules = NO_RULES,
  ): Promise<accounts.PasswordVerdict> {
    const { breached, ...estimate } = await this.#estimator.estimate({
      password,
      words: contextWords(context),
    });
    const minLength = Math.max(MIN_LENGTH, rules.minLength);
    const tooShort = [...password].length < minLength;
    const missing = rules.require.filter((name) => !CLASSES[name].test(password));
    const ok = !tooShort && !breached && missing.length === 0 && estimate.score >= MIN_SCORE;
    return { ok, tooShort, minLength, breached, missing, ...estimate };
  }

  /** Fails with auth.password_weak and the verdict. */
  async assertStrong(password: string, context: readonly string[], rules: PasswordRules): Promise<void> {
    const { ok, ...verdict } = await this.judge(password, context, rules);
    if (!ok) throw new AppError("auth.password_weak", verdict);
  }
}
