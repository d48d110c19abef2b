import { AppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

const MIN_LENGTH = 12;
const MIN_SCORE = 3;
/** zxcvbn's time grows with the square of the length; what stands beyond adds no weakness. */
const JUDGED_LENGTH = 100;
/** Parts of a name or address shorter than this are in half of all words. */
const CONTEXT_LENGTH = 3;

let estimator: Promise<ZxcvbnFactory> | undefined;

/** The word lists take a quarter of a second and 40 MB to load: not before the first password is judged. */
async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, english, french] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
    import("@zxcvbn-ts/language-fr"),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, ...english.dictionary, ...french.dictionary },
    graphs: common.adjacencyGraphs,
  });
}

/** Words that this person's password must not lean on. */
export function contextWords(given: readonly string[]): string[] {
  const words = ["gatehouse", ...given].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  return [...new Set(words.filter((word) => word.length >= CONTEXT_LENGTH))].slice(0, 40);
}

/**
 * Length and guessability (zxcvbn, Wheeler 2016; ASVS 6.2.1, 6.2.5): at least 12 characters and score 3 of 4, also
 * without the context words in it.
 */
export async function judgePassword(
  password: string,
  context: readonly string[],
): Promise<accounts.PasswordVerdict> {
  estimator ??= loadEstimator();
  const zxcvbn = await estimator;
  const words = contextWords(context);
  const judged = password.slice(0, JUDGED_LENGTH);
  const whole = zxcvbn.check(judged, words);
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), judged.toLowerCase());
  const score =
    rest.length === judged.length
      ? whole.score
      : Math.min(whole.score, rest === "" ? 0 : zxcvbn.check(rest, words).score);
  const tooShort = [...password].length < MIN_LENGTH;
  return {
    ok: !tooShort && score >= MIN_SCORE,
    score,
    tooShort,
    ...(whole.feedback.warning ? { warning: whole.feedback.warning } : {}),
    suggestions: whole.feedback.suggestions,
  };
}

/** Fails with auth.password_weak and the verdict. */
export async function assertStrongPassword(password: string, context: readonly string[]): Promise<void> {
  const { ok, ...verdict } = await judgePassword(password, context);
  if (!ok) throw new AppError("auth.password_weak", verdict);
}
