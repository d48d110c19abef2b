import { openCertificate } from "../certificate.ts";
import { MAX_EXPORT_WITNESSES } from "../limits.ts";
import { parseNote } from "../note.ts";
import { malformed } from "../refusal.ts";
import { parseVerifierKey, type VerifierKey } from "../verifier-key.ts";

/** `keys.json` of an export. */
export interface ExportKeys {
  /** Verifier key of the installation's trust root. */
  readonly root: string;
  /** Signed note: the root names the log's key. */
  readonly certificate: string;
  /** Verifier keys of witnesses. */
  readonly witnesses: readonly string[];
}

export interface OpenedKeys {
  readonly root: VerifierKey;
  /** Undefined when the root did not sign the certificate. */
  readonly log: VerifierKey | undefined;
  readonly witnesses: readonly VerifierKey[];
}

export function openExportKeys(value: unknown): OpenedKeys {
  if (!isExportKeys(value)) throw malformed("keys", "a key is missing");
  const root = parseVerifierKey(value.root);
  return {
    root,
    log: openCertificate(parseNote(value.certificate), root),
    witnesses: value.witnesses.map(parseVerifierKey),
  };
}

function isExportKeys(value: unknown): value is ExportKeys {
  const keys = value as Partial<ExportKeys> | null;
  return (
    typeof keys === "object" &&
    typeof keys?.root === "string" &&
    typeof keys.certificate === "string" &&
    Array.isArray(keys.witnesses) &&
    keys.witnesses.length <= MAX_EXPORT_WITNESSES &&
    keys.witnesses.every((witness) => typeof witness === "string")
  );
}
