import { parentPort } from "node:worker_threads";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as english from "@zxcvbn-ts/language-en";
import * as french from "@zxcvbn-ts/language-fr";
import { BreachedPasswords } from "./breached-passwords.ts";
import type { Estimate, EstimateRequest } from "./password-estimator.ts";

/** Spellings of one word tried with other characters for letters; the default of 100 takes seconds on hostile input. */
const MAX_L33T_SUBSTITUTIONS = 16;
/** zxcvbn's time grows with the square of the length; a password that is strong so far stays strong. */
const JUDGED_LENGTH = 72;

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary, ...french.dictionary },
  graphs: common.adjacencyGraphs,
  l33tMaxSubstitutions: MAX_L33T_SUBSTITUTIONS,
});

const breached = BreachedPasswords.load();

/** The score counts also what is left when the words are taken out: "gatehouse" makes no password longer. */
function estimate({ password, words }: EstimateRequest): Estimate {
  const judged = password.slice(0, JUDGED_LENGTH);
  const whole = zxcvbn.check(judged, [...words]);
  const lower = judged.toLowerCase();
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), lower);
  const restScore = rest === lower ? 4 : rest === "" ? 0 : zxcvbn.check(rest, [...words]).score;
  const { warning, suggestions } = whole.feedback;
  const score = Math.min(whole.score, restScore);
  return { breached: breached.has(password), score, suggestions, ...(warning ? { warning } : {}) };
}

parentPort?.on("message", (request: EstimateRequest) => parentPort?.postMessage(estimate(request)));
