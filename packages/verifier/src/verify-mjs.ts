import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { EXIT, runVerify } from "./command.ts";

const USAGE =
  "node verify.mjs FILE [--fingerprint TEXT] [--witness KEY]... [--password-file FILE] [--identity FILE] [--json]";

/** Node's own hash: several times as fast as one in JavaScript. */
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

async function main(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        fingerprint: { type: "string" },
        witness: { type: "string", multiple: true },
        "password-file": { type: "string" },
        identity: { type: "string" },
        json: { type: "boolean" },
      },
    });
    // Beside its own export when it is not told of another.
    const file = positionals[0] ?? ".";
    const { fingerprint, identity: identityFile, witness = [], json = false } = values;
    const passwordFile = values["password-file"];
    const options = { file, fingerprint, witnesses: witness, json, passwordFile, identityFile };
    return await runVerify(options, console.log, sha256);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return EXIT.usage;
  }
}

process.exitCode = await main(process.argv.slice(2));
