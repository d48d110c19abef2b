// `npm test`: everything. Each static check counts as one test; the last line is `N passed, N failed, N skipped`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStep, STATIC_STEPS } from "./steps.ts";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
}

const count = { passed: 0, failed: 0, skipped: 0 };
const folder = mkdtempSync(join(tmpdir(), "gatehouse-test-"));

for (const [name, command, args] of STATIC_STEPS) {
  const { ok } = await runStep(name, command, args);
  count[ok ? "passed" : "failed"]++;
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
  // A run that broke outside any test is a failure too.
  if (!ok && (report?.numFailedTests ?? 0) === 0) count.failed++;
}
rmSync(folder, { recursive: true, force: true });

process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    return undefined;
  }
}
