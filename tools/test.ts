// `npm test`: everything. Each static check counts as one test. What failed is named once more at the end, with its
// messages; the last line is `N passed, N failed, N skipped`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runStep, STATIC_STEPS } from "./steps.ts";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
  }[];
}

/** Lines of a failure's message that are said again at the end. */
const LINES_SAID_AGAIN = 12;

const count = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "gatehouse-test-"));

for (const [name, command, args] of STATIC_STEPS) {
  const { ok } = await runStep(name, command, args);
  count[ok ? "passed" : "failed"]++;
  if (!ok) failures.push(name);
}
for (const project of ["unit", "e2e"]) {
  const reportFile = join(folder, `${project}.json`);
  const { ok } = await runStep(`${project} tests`, "vitest", [
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
  ]);
  const report = readReport(reportFile);
  count.passed += report?.numPassedTests ?? 0;
  count.failed += report?.numFailedTests ?? 0;
  count.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  failures.push(...failuresIn(report));
  // A run that broke outside any test is a failure too.
  if (!ok && (report?.numFailedTests ?? 0) === 0) {
    count.failed++;
    failures.push(`${project} tests: broke outside any test; see the end of their output`);
  }
}
rmSync(folder, { recursive: true, force: true });

for (const failure of failures) console.log(`\nFAILED ${failure}`);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** One text per failed test: its file, its name and the first lines of its messages. A file that broke before its tests is one too. */
function failuresIn(report: Report | undefined): string[] {
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return status === "failed" ? [`${file}\n${firstLines(message)}`] : [];
    return failed.map(
      (test) => `${file}: ${test.fullName}\n${firstLines((test.failureMessages ?? []).join("\n"))}`,
    );
  });
}

function firstLines(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.includes("node_modules/"))
    .slice(0, LINES_SAID_AGAIN)
    .map((line) => `  ${line.slice(0, 300)}`)
    .join("\n");
}
