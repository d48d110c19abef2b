import { runVerify } from "@gatehouse/verifier";
import { sha256 } from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

/** `verify FILE`: an export of the audit log, without a server; answers the exit code. */
export function runVerifyCommand({ words, options }: CommandLine): number {
  const { fingerprint, witness, json } = options;
  const file = words[1];
  if (file === undefined)
    throw new UsageError({ usage: "gatehouse verify FILE [--fingerprint TEXT] [--witness KEY,KEY]" });
  const witnesses = typeof witness === "string" ? witness.split(",") : [];
  const pin = typeof fingerprint === "string" ? { fingerprint } : {};
  return runVerify({ file, ...pin, witnesses, json: json === true }, console.log, sha256);
}
