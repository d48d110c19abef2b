import type { VerifierFile } from "./verifier-files.ts";

export interface ReadMe {
  readonly origin: string;
  readonly size: number;
  readonly madeAt: string;
  readonly fingerprint: string;
  readonly words: readonly string[];
  readonly verifiers: readonly VerifierFile[];
}

/** What somebody reads who is handed an export and knows nothing of it. */
export const readMe = ({ origin, size, madeAt, fingerprint, words, verifiers }: ReadMe): string => `\
AUDIT LOG EXPORT

Log:         ${origin}
Checkpoint:  ${size} events
Made:        ${madeAt}

1. Get the fingerprint of the installation from somewhere else: paper, or the installation's own page. What stands
   here was written by whoever made this file and proves nothing alone:

   ${fingerprint}
   ${words.join(" ")}

2. Verify, without a network:
   - open verify.html in a browser and drop this zip onto it, or
   - node verify.mjs FILE.zip --fingerprint "…"   (Node.js 18 or newer), or
   - gatehouse verify FILE.zip --fingerprint "…"
   Better: take the verifier from the release, not from here, and compare its SHA-256:
${verifiers.map(({ name, sha256 }) => `   ${sha256}  ${name}`).join("\n")}

events.ndjson    the events, one a line, exactly as they were hashed
personal.ndjson  values about people that are not erased, with the salts that open them (only when asked for)
checkpoint       the signed head of the log, with the signatures of witnesses
proofs.json      why these events are in the log under that head
witnessed.json   earlier heads of the log that witnesses signed: when each entry came into it, by their clocks
keys.json        the root's key, its certificate for the log's key, keys of witnesses

The format, byte by byte, is docs/verify.md of Gatehouse: enough to write a verifier of your own.
`;
