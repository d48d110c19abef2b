import type { EvidenceReport } from "@gatehouse/ledger";
import { caseProblemText, caseStatements } from "../case/case-statements.ts";
import { clipProblemText, clipStatements } from "../clip/clip-statements.ts";
import { problemText, statements, verdictText } from "../statements.ts";
import { french } from "./words-fr.ts";

export type Language = "en" | "fr";

/** Everything that the page says; the program `verify.mjs` says the same in English. */
export interface Words {
  /** What the elements of the page say, by the name they have in `data-text`; in English as page.html has it. */
  readonly texts: Readonly<Record<string, string>>;
  readonly verifying: string;
  readonly unreadable: string;
  readonly unlocking: string;
  readonly notUnlocked: string;
  readonly missing: (files: readonly string[]) => string;
  readonly took: (duration: string) => string;
  readonly shown: (shown: number, lines: number) => string;
  readonly columns: readonly string[];
  readonly problem: typeof problemText;
  readonly caseProblem: typeof caseProblemText;
  readonly caseStatements: typeof caseStatements;
  readonly clipProblem: typeof clipProblemText;
  readonly clipStatements: typeof clipStatements;
  readonly statements: (report: EvidenceReport) => string[];
  readonly verdict: (report: EvidenceReport) => string;
}

const english: Words = {
  texts: {},
  verifying: "Verifying …",
  unreadable: "This is no export.",
  unlocking: "Opening …",
  notUnlocked: "This does not open it, or the file was changed.",
  missing: (files) => `Missing: ${files.join(", ")}.`,
  took: (duration) => `${duration}, on this machine`,
  shown: (shown, lines) => (shown < lines ? `the first ${shown} of ${lines}` : String(lines)),
  columns: ["Time (UTC)", "What", "Who", "To what", "Outcome"],
  problem: problemText,
  caseProblem: caseProblemText,
  caseStatements,
  clipProblem: clipProblemText,
  clipStatements,
  statements,
  verdict: verdictText,
};

export const WORDS: Readonly<Record<Language, Words>> = { en: english, fr: french };
