import { fingerprintOf, isSignedBy, parseNote, parseVerifierKey } from "@gatehouse/ledger";
import type { CheckState } from "../../audit/entry-checks.ts";

/** What the installation says of itself. */
export interface RootEvidence {
  /** C2SP signed-note verifier key. */
  readonly rootKey: string;
  /** Signed note by which the root vouches for the key that signs manifests. */
  readonly certificate: string;
}

/** docs/recordings.md: the title, then the verifier key. */
const TITLE = "gatehouse-recordings-key/v1";

/** Computed here from the key itself, whatever the server says; undefined when it is no key. */
export function rootFingerprint(rootKey: string): string | undefined {
  try {
    return fingerprintOf(parseVerifierKey(rootKey).publicKey);
  } catch {
    return undefined;
  }
}

/** Whether the root vouches for the key that signs manifests. */
export function checkRoot({ rootKey, certificate }: RootEvidence, manifestKey: string): CheckState {
  try {
    const root = parseVerifierKey(rootKey);
    const note = parseNote(certificate);
    const isVouchedFor = isSignedBy(note, root) && note.text === `${TITLE}\n${manifestKey.trim()}\n`;
    return isVouchedFor ? "proven" : "failed";
  } catch {
    return "failed";
  }
}
