import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const FOLDER = fileURLToPath(new URL("../../../../../shared/vectors/", import.meta.url));

/** A block of tests that needs them: skipped where they are absent, and says so. */
export const describeShared = (title: string, tests: () => void): void => {
  if (existsSync(FOLDER)) describe(title, tests);
  else describe.skip(`${title}: ../shared/vectors is not beside the checkout`, tests);
};

/** Published test vectors that lie beside the checkout; undefined where they do not. */
export function readShared<T>(path: string): T | undefined {
  const file = FOLDER + path;
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
}

/** A Wycheproof file, as far as all of them agree. */
interface WycheproofFile<Test, Group> {
  readonly numberOfTests: number;
  readonly testGroups: readonly (Group & { readonly tests: readonly (Test & WycheproofTest)[] })[];
}

interface WycheproofTest {
  readonly tcId: number;
  readonly comment: string;
  readonly result: "valid" | "invalid" | "acceptable";
}

/** Every test with its group; empty where the files are absent. */
export function wycheproof<Test, Group = unknown>(
  name: string,
): (Test & WycheproofTest & { group: Group })[] {
  const file = readShared<WycheproofFile<Test, Group>>(`wycheproof/${name}.json`);
  return file?.testGroups.flatMap((group) => group.tests.map((test) => ({ ...test, group }))) ?? [];
}

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
