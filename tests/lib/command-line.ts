import { spawn } from "node:child_process";
import { MAIN } from "./gatehouse.ts";

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  json<T>(): T;
}

/** Runs one command of the product to its end. */
export function gatehouse(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn(process.execPath, ["--no-warnings", MAIN, ...args, "--data-dir", dataDir], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) =>
    child.on("close", (code) => resolve({ code, out, err, json: <T>() => JSON.parse(out) as T })),
  );
}
