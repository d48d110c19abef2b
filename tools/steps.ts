import { spawn } from "node:child_process";

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
}

/** Runs one command, shows its output as it comes and keeps it. */
export function runStep(
  name: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<StepResult> {
  const startedMs = performance.now();
  console.log(`\n── ${name}`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FORCE_COLOR: "0", ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        process.stdout.write(text);
      });
    }
    child.on("error", (error) => resolve({ name, ok: false, output: String(error) }));
    child.on("close", (code) => {
      console.log(
        `── ${name}: ${code === 0 ? "ok" : `failed (${code})`}, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
      );
      resolve({ name, ok: code === 0, output });
    });
  });
}

/** Static checks in the order of their cost: each is one command of the registry's packages. */
export const STATIC_STEPS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["biome", "biome", ["check", "--error-on-warnings", "."]],
  ["types", "tsc", ["-p", "tsconfig.json"]],
  ["types of the tests", "tsc", ["-p", "tests/tsconfig.json"]],
  ["types of the console", "tsc", ["-p", "apps/web/tsconfig.json", "--noEmit"]],
  ["types of the offline verifier", "tsc", ["-p", "packages/verifier/tsconfig.json"]],
  ["generated documents", "node", ["tools/gen.ts", "--check"]],
  ["unused code", "knip", ["--no-progress"]],
];
