#!/usr/bin/env node
// The `gatehouse-agent` command on any Node: hands over to the pinned one where it is installed.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const main = join(here, "../src/main.ts");
const pinned = join(here, "../../../node_modules/.bin/node");

if (Number(process.versions.node.split(".")[0]) >= 24) await import(main);
else if (existsSync(pinned)) {
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
} else {
  process.stderr.write("gatehouse-agent needs Node 24 or newer.\n");
  process.exit(1);
}
