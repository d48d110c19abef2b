import { parentPort } from "node:worker_threads";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as english from "@zxcvbn-ts/language-en";
import * as french from "@zxcvbn-ts/language-fr";
import type { Estimate, EstimateRequest } from "./password-estimator.ts";

/** Spellings of one word tried with other characters for letters; the default of 100 takes seconds on hostile input. */
const MAX_L33T_SUBSTITUTIONS = 16;

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary, ...french.dictionary },
  graphs: common.adjacencyGraphs,
  l33tMaxSubstitutions: MAX_L33T_SUBSTITUTIONS,
});

/** The score counts also what is left when the words are taken out: "gatehouse" makes no password longer. */
function estimate({ password, words }: EstimateRequest): Estimate {
  const whole = zxcvbn.check(password, [...words]);
  const lower = password.toLowerCase();
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), lower);
  const restScore = rest === lower ? 4 : rest === "" ? 0 : zxcvbn.check(rest, [...words]).score;
  const { warning, suggestions } = whole.feedback;
  return { score: Math.min(whole.score, restScore), suggestions, ...(warning ? { warning } : {}) };
}

parentPort?.on("message", (request: EstimateRequest) => parentPort?.postMessage(estimate(request)));
