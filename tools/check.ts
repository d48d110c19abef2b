// `npm run check`: what one runs all day. Static checks, then the unit tests.
import { runStep, STATIC_STEPS } from "./steps.ts";

let failed = false;
for (const [name, command, args] of STATIC_STEPS) failed = !(await runStep(name, command, args)).ok || failed;
failed = !(await runStep("unit tests", "vitest", ["run", "--project", "unit"])).ok || failed;
process.exitCode = failed ? 1 : 0;
