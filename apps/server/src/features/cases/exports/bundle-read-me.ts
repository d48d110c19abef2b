import { cases } from "@gatehouse/contract";
import type { Proofs } from "../ports.ts";
import type { Gathered } from "./gather.ts";

/** What somebody reads who is handed a bundle and knows nothing of it. */
export const bundleReadMe = ({ clips, kept, madeMs, organisation }: Gathered, proofs: Proofs): string => `\
${cases.caseName(kept.number)}: CLIPS OF CAMERAS, WITH WHAT PROVES THEM

Organisation: ${organisation}
Made:         ${new Date(madeMs).toISOString()}
Holds:        ${clips.length} ${clips.length === 1 ? "clip" : "clips"}

Begin with report.pdf. To check what it says:

1. Get the fingerprint of the installation from somewhere else: paper, or the installation's own page. What stands
   here was written by whoever made this file and proves nothing alone:

   ${proofs.fingerprint}
   ${proofs.words.join(" ")}

2. Verify, without a network:
   - open verify.html in a browser and drop this zip onto it, or
   - node verify.mjs FILE.zip --fingerprint "…"   (Node.js 18 or newer), or
   - gatehouse verify FILE.zip --fingerprint "…"
   Better: take the verifier from the release, not from here, and compare its SHA-256:
${proofs.verifiers.map(({ name, sha256 }) => `   ${sha256}  ${name}`).join("\n")}

   A file that ends in .age is this zip, encrypted as a whole: "age -d FILE.age > FILE.zip" opens it, and so do the
   verifiers.

report.pdf       what is in here, for people
case.json        the same for programs, with the SHA-256 of every other file
clips/NN/        one clip each: clip.json, manifests/ that were signed, and the pictures exactly as the camera sent them
                 in frames/, or its video in video/. Whole segments: up to a minute more on each side
clips/NN/film.mp4  the clip to be played. It was made anew: what proves the clip is what lies beside it
events.ndjson    entries of the audit log: of the manifests, of this case, of verdicts (${proofs.origin}, ${proofs.size} events)
checkpoint       the signed head of that log, with the signatures of witnesses
proofs.json      why these entries are in the log under that head
witnessed.json   earlier heads of the log that witnesses signed: when each entry came into it, by their clocks
keys.json        the root's key, its certificates for the log's key and the key of recordings, keys of witnesses

The format, byte by byte, is docs/verify.md of Gatehouse: enough to write a verifier of your own.
`;
