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
  /** Those of them that are machines of the installation itself, enrolled by its owner. */
  readonly ownMachines?: readonly string[];
}

export interface OpenedKeys {
  readonly root: VerifierKey;
  /** Undefined when the root did not sign the certificate. */
  readonly log: VerifierKey | undefined;
  readonly witnesses: readonly VerifierKey[];
  readonly ownMachines: ReadonlySet<string>;
}

export function openExportKeys(value: unknown): OpenedKeys {
  if (!isExportKeys(value)) throw malformed("keys", "a key is missing");
  const root = parseVerifierKey(value.root);
  return {
    root,
    log: openCertificate(parseNote(value.certificate), root),
    witnesses: value.witnesses.map(parseVerifierKey),
    ownMachines: new Set(value.ownMachines),
  };
}

function isExportKeys(value: unknown): value is ExportKeys {
  const keys = value as Partial<ExportKeys> | null;
  return (
    typeof keys === "object" &&
    typeof keys?.root === "string" &&
    typeof keys.certificate === "string" &&
    isKeyList(keys.witnesses) &&
    (keys.ownMachines === undefined || isKeyList(keys.ownMachines))
  );
}

const isKeyList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length <= MAX_EXPORT_WITNESSES &&
  value.every((witness) => typeof witness === "string");
