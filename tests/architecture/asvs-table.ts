import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const STATES = ["met", "setting", "reason"] as const;
export type State = (typeof STATES)[number];

/** A row of docs/asvs.md: one requirement and what shows that it holds. */
export interface Row {
  readonly id: string;
  readonly level: string;
  readonly asked: string;
  readonly how: string;
  readonly shown: readonly Proof[];
  readonly state: string;
}

export interface Proof {
  /** From the root of the repository. */
  readonly path: string;
  /** Of a test in that file. */
  readonly title?: string;
}

export interface Page {
  readonly rows: readonly Row[];
  /** Ids of chapters that apply to nothing here, listed in lines that begin with `Not applicable as a whole:`. */
  readonly outside: readonly string[];
}

const ID = /\bV\d+\.\d+\.\d+\b/g;

/** `path` or `path: title`, each in backticks, with anything between them. */
function proofsOf(cell: string): Proof[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => {
    const colon = text.indexOf(": ");
    return colon < 0 ? { path: text } : { path: text.slice(0, colon), title: text.slice(colon + 2) };
  });
}

export function parsePage(text: string): Page {
  const lines = text.split("\n");
  const rows = lines
    .filter((line) => /^\| V\d/.test(line))
    .map((line) => {
      const [id = "", level = "", asked = "", how = "", shown = "", state = "", ...more] = line
        .replace(/^\||\|$/g, "")
        .split("|")
        .map((cell) => cell.trim());
      if (more.length > 0) throw new Error(`${id}: more than six columns`);
      return { id, level, asked, how, shown: proofsOf(shown), state };
    });
  const outside = lines
    .filter((line) => line.startsWith("Not applicable as a whole:"))
    .flatMap((line) => line.match(ID) ?? []);
  return { rows, outside };
}

const isTest = (path: string): boolean => /\.(test|e2e)\.tsx?$/.test(path);

/** What is wrong with one row, read against the files below `root`. */
export function problemsOf(row: Row, root: string): string[] {
  const say = (what: string) => `${row.id}: ${what}`;
  const problems: string[] = [];
  if (row.asked === "" || row.how === "") problems.push(say("a column is empty"));
  if (!(STATES as readonly string[]).includes(row.state)) problems.push(say(`no state: ${row.state}`));
  if (row.state === "met" && !row.shown.some(({ path }) => isTest(path))) problems.push(say("names no test"));
  if (row.state === "setting" && row.shown.length === 0) problems.push(say("names nothing that holds it"));
  for (const { path, title } of row.shown) {
    if (!existsSync(join(root, path))) problems.push(say(`there is no ${path}`));
    else if (title !== undefined && !hasTitle(readFileSync(join(root, path), "utf8"), title))
      problems.push(say(`${path} has no test "${title}"`));
  }
  return problems;
}

const hasTitle = (text: string, title: string): boolean =>
  ['"', "'", "`"].some((quote) => text.includes(`${quote}${title}${quote}`));
