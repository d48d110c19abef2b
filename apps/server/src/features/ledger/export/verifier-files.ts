import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VERIFIER_FOLDER } from "@gatehouse/verifier";
import { sha256Hex } from "../../../platform/secrets/index.ts";

export interface VerifierFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** The page and the program that go into every export, as they were built; none on a checkout that was not. */
export function readVerifiers(folder = VERIFIER_FOLDER): readonly VerifierFile[] {
  return ["verify.html", "verify.mjs"].flatMap((name) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [];
    const bytes = readFileSync(path);
    return [{ name, bytes, sha256: sha256Hex(bytes) }];
  });
}
