// Verification of an export of the audit log without asking anybody: the command, the page and the program that travel
// with every export are made of this.
import { fileURLToPath } from "node:url";

/** Where the built page and program lie: verify.html, verify.mjs. */
export const VERIFIER_FOLDER = fileURLToPath(new URL("../dist", import.meta.url));

export { EXIT, runVerify, textOf, type VerifyOptions } from "./command.ts";
export { collectExport, EXPORT_FILES, type OpenedExport, openZip } from "./open-export.ts";
export { problemText, statements, verdictText } from "./statements.ts";
