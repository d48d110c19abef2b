import { parseArgs } from "node:util";

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  json: { type: "boolean" },
  "state-dir": { type: "string" },
  group: { type: "string" },
  "group-key-file": { type: "string" },
  "registration-id": { type: "string" },
  ca: { type: "string" },
  suite: { type: "string" },
  force: { type: "boolean" },
  print: { type: "boolean" },
  remove: { type: "boolean" },
  "unit-file": { type: "string" },
  /** Of `camera add`: where its pictures come from. */
  source: { type: "string" },
  multipart: { type: "string" },
  v4l2: { type: "string" },
  file: { type: "string" },
  folder: { type: "string" },
  user: { type: "string" },
  "password-file": { type: "string" },
  size: { type: "string" },
  fps: { type: "string" },
  /** Another folder as the machine's root: for tests, and for looking into a mounted one. */
  root: { type: "string" },
} as const;

export interface CommandLine {
  /** Command and operands. */
  readonly words: readonly string[];
  readonly options: {
    readonly [name in keyof typeof OPTIONS]?: (typeof OPTIONS)[name]["type"] extends "boolean"
      ? boolean
      : string;
  };
}

/** Splits the command line; an unknown option throws with a message that names it. A lone "-" is an operand. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
    strict: true,
  });
  return { words: positionals, options: values };
}
