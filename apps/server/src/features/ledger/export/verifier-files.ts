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

/** Keeps the page where it is served; goes into no export. */
export function readVerifyWorker(folder = VERIFIER_FOLDER): Uint8Array | undefined {
  const path = join(folder, "verify-worker.js");
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** The policy that the page carries in itself, and for a page that is served: nobody puts it into a frame. */
export function policyOf({ bytes }: VerifierFile): string {
  const [, own] =
    /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(Buffer.from(bytes).toString()) ?? [];
  if (own === undefined) throw new Error("verify.html has no policy");
  return `${own}; object-src 'none'; frame-ancestors 'none'`;
}
