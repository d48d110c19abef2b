import { isAppError } from "@gatehouse/base";
import type { accounts } from "@gatehouse/contract";
import type { Config } from "../platform/config/schema.ts";
import type { CommandLine } from "./arguments.ts";
import { parseCsv } from "./csv.ts";
import { type LocalCall, withLocalServer } from "./local-server.ts";
import { type Output, table } from "./output.ts";
import { readTextFile } from "./read-text-file.ts";
import { UsageError } from "./usage-error.ts";

type Plan = accounts.ImportPlan;

/** `people import FILE [--dry-run]`: CSV with names in its first line, or a JSON list; all people or none. Answers whether it could be done. */
export async function runPeople(
  config: Config,
  { words, options }: CommandLine,
  output: Output,
): Promise<boolean> {
  const [, verb, file] = words;
  if (verb !== "import" || file === undefined)
    throw new UsageError({ usage: "gatehouse people import FILE.csv|FILE.json [--dry-run]" });
  const people = readPeople(file, await readTextFile(file));
  if (people.length === 0) throw new UsageError({ file, reason: "there is nobody in it" });
  return withLocalServer(config, async (call) => {
    const isDry = options["dry-run"] === true;
    const plan = isDry
      ? await call<Plan>("POST", "/api/v1/people/import/check", { people })
      : await importAll(call, people);
    output.result(plan, () => describe(plan, isDry));
    return plan.problems.length === 0;
  });
}

function readPeople(file: string, text: string): Record<string, string | null>[] {
  const name = file.toLowerCase();
  if (name.endsWith(".csv")) return parseCsv(text);
  if (!name.endsWith(".json")) throw new UsageError({ file, reason: "is neither .csv nor .json" });
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as Record<string, string | null>[];
  } catch (cause) {
    throw new UsageError({ file, reason: "is not JSON" }, { cause });
  }
  throw new UsageError({ file, reason: "is not a list" });
}

/** A refusal is an answer here: which lines, and why. */
async function importAll(call: LocalCall, people: readonly object[]): Promise<Plan> {
  try {
    return await call<Plan>("POST", "/api/v1/people/import", { people });
  } catch (error) {
    if (!isAppError(error, "people.import_refused")) throw error;
    const problems = error.fields.problems as Plan["problems"];
    return { people: people.length, withHash: 0, withoutHash: 0, problems };
  }
}

function describe({ people, withHash, withoutHash, problems }: Plan, isDry: boolean): string {
  if (problems.length > 0)
    return [
      `Nobody is imported: ${problems.length} problem${problems.length === 1 ? "" : "s"} in ${people} people.`,
      table([
        ["LINE", "FIELD", "PROBLEM"],
        ...problems.map(({ line, field, code }) => [String(line), field, code]),
      ]),
    ].join("\n");
  const what = `${withHash} with a password hash, ${withoutHash} get a mail to choose a password`;
  return isDry
    ? `${people} people could be imported: ${what}. Nothing was changed.`
    : `${people} people are imported: ${what}.`;
}
