import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { EXIT, runVerify } from "./command.ts";

const USAGE = "node verify.mjs FILE [--fingerprint TEXT] [--witness KEY]... [--json]";

/** Node's own hash: several times as fast as one in JavaScript. */
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

function main(args: string[]): number {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        fingerprint: { type: "string" },
        witness: { type: "string", multiple: true },
        json: { type: "boolean" },
      },
    });
    // Beside its own export when it is not told of another.
    const file = positionals[0] ?? ".";
    const { fingerprint, witness = [], json = false } = values;
    return runVerify({ file, fingerprint, witnesses: witness, json }, console.log, sha256);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return EXIT.usage;
  }
}

process.exitCode = main(process.argv.slice(2));
