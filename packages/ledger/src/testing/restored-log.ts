import { encodeBase64 } from "../base64.ts";
import { utf8 } from "../bytes.ts";
import { certifyLog } from "../certificate.ts";
import { encodeEvent } from "../events.ts";
import { proveEntries } from "../evidence/export-proofs.ts";
import type { ExportSeam } from "../evidence/export-seams.ts";
import { RESTORED_KIND } from "../evidence/previous-log.ts";
import type { EvidenceFiles } from "../evidence/verify.ts";
import { encodeNote } from "../note.ts";
import { signSeam } from "../seam.ts";
import { encodeVerifierKey, type Signer } from "../verifier-key.ts";
import { laterLogSigner, rootSigner } from "./parties.ts";
import { eventOf, TestLog } from "./test-log.ts";

/** A log whose first entry names the end of another, as after a restore; `more` further entries. */
export function logAfter(old: TestLog, more: number, signer: Signer = laterLogSigner): TestLog {
  const log = new TestLog(signer);
  const previous = {
    log: encodeVerifierKey(old.signer.key),
    size: old.size,
    root: encodeBase64(old.root),
  };
  const first = { ...eventOf(0), kind: RESTORED_KIND, tenant: null, data: { previous } };
  const others = Array.from({ length: more }, (_, at) => encodeEvent(eventOf(at + 1)));
  log.append([encodeEvent(first), ...others]);
  return log;
}

export function seamOf(old: TestLog, log: TestLog, isAcknowledged: boolean): ExportSeam {
  const [first] = proveEntries([0], log.size, log.hashAt).entries;
  const terms = {
    oldLog: encodeVerifierKey(old.signer.key),
    oldSize: old.size,
    oldRoot: encodeBase64(old.root),
    newLog: encodeVerifierKey(log.signer.key),
    reason: "Restored from the backup of 20 November",
  };
  return {
    certificate: encodeNote(certifyLog(log.signer.key, rootSigner)),
    checkpoint: encodeNote(log.cosigned()),
    entry: new TextDecoder().decode(log.lines[0]),
    proof: first?.proof ?? "",
    previousCertificate: encodeNote(certifyLog(old.signer.key, rootSigner)),
    previousCheckpoint: encodeNote(old.cosigned()),
    ...(isAcknowledged ? { acknowledgement: encodeNote(signSeam(terms, rootSigner)) } : {}),
  };
}

/** The files of an export with these seams beside them. */
export const withSeams = (files: EvidenceFiles, seams: readonly ExportSeam[]): EvidenceFiles => ({
  ...files,
  seams: utf8(JSON.stringify(seams)),
});
