// `npm run bench -- NAME [options]`: measures us and the peer in one run. Without a name: what there is.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BenchResult, printResult } from "./lib/report.ts";

export interface Bench {
  readonly describe: string;
  run(args: readonly string[]): Promise<BenchResult>;
}

const folder = fileURLToPath(new URL(".", import.meta.url));
const [name, ...args] = process.argv.slice(2);

if (name === undefined || !/^[a-z-]+$/.test(name) || name === "run" || !existsSync(`${folder}${name}.ts`)) {
  const names = readdirSync(folder)
    .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== "run.ts")
    .map((file) => file.slice(0, -3));
  for (const known of names) {
    const { bench } = (await import(`./${known}.ts`)) as { bench: Bench };
    console.log(`${known.padEnd(14)} ${bench.describe}`);
  }
  if (name !== undefined) process.exitCode = 64;
} else {
  const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
  console.log(`${name}: ${bench.describe}`);
  process.exitCode = printResult(name, await bench.run(args)) ? 0 : 1;
  process.exit();
}
