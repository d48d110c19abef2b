/** What every slice must have, and what SQL files may be called. */
const REQUIRED = ["README.md", "index.ts"];
const README_MAX_LINES = 40;

export interface Slice {
  readonly name: string;
  /** Paths below the slice, with forward slashes. */
  readonly files: readonly string[];
  readonly readme: string;
}

/** Problems of one slice, each naming the file. */
export function anatomyProblems(slice: Slice): string[] {
  const problems = REQUIRED.filter((file) => !slice.files.includes(file)).map(
    (file) => `${slice.name}: ${file} is missing`,
  );
  if (slice.readme.split("\n").length > README_MAX_LINES + 1)
    problems.push(`${slice.name}: README.md has more than ${README_MAX_LINES} lines`);
  const hasMigrations = slice.files.some((file) => file.startsWith("migrations/"));
  if (hasMigrations && !slice.files.includes("tables.ts"))
    problems.push(`${slice.name}: migrations/ without tables.ts`);
  if (hasMigrations && !slice.files.some((file) => /(^|[/-])store\.ts$/.test(file)))
    problems.push(`${slice.name}: migrations/ without a store`);
  for (const file of slice.files) {
    if (/[A-Z_]/.test(file.replace("README.md", "")))
      problems.push(`${slice.name}: ${file} is not kebab-case`);
  }
  return problems;
}
