import { runVerify } from "@gatehouse/verifier";
import { sha256 } from "../platform/secrets/index.ts";
import type { CommandLine } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

/** `verify FILE`: an export of the audit log, without a server; answers the exit code. */
export async function runVerifyCommand({ words, options }: CommandLine): Promise<number> {
  const { fingerprint, identity, witness, json } = options;
  const passwordFile = options["password-file"];
  const file = words[1];
  if (file === undefined)
    throw new UsageError({
      usage:
        "gatehouse verify FILE [--fingerprint TEXT] [--witness KEY,KEY] [--password-file FILE] [--identity FILE]",
    });
  const witnesses = typeof witness === "string" ? witness.split(",") : [];
  const pin = typeof fingerprint === "string" ? { fingerprint } : {};
  const keys = {
    ...(typeof passwordFile === "string" ? { passwordFile } : {}),
    ...(typeof identity === "string" ? { identityFile: identity } : {}),
  };
  return runVerify({ file, ...pin, ...keys, witnesses, json: json === true }, console.log, sha256);
}
