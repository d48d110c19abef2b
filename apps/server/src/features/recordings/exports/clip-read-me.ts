import type { Evidence } from "../ports.ts";

export interface ClipReadMe {
  readonly cameraId: string;
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  readonly segments: number;
  readonly frames: number;
  readonly evidence: Awaited<ReturnType<Evidence["sealedIn"]>>;
}

/** What somebody reads who is handed a clip and knows nothing of it. */
export const clipReadMe = ({ cameraId, evidence, ...clip }: ClipReadMe): string => `\
A CLIP OF A CAMERA, WITH WHAT PROVES IT

Camera:      ${cameraId}
Asked for:   ${clip.from} to ${clip.to}
Made:        ${clip.madeAt}
Holds:       ${clip.frames} frames in ${clip.segments} segments

Segments are signed as a whole: there is more here than was asked for, up to a minute on each side, so that nothing of
what was signed is missing.

1. Get the fingerprint of the installation from somewhere else: paper, or the installation's own page. What stands
   here was written by whoever made this file and proves nothing alone:

   ${evidence.fingerprint}
   ${evidence.words.join(" ")}

2. Verify, without a network:
   - open verify.html in a browser and drop this zip onto it, or
   - node verify.mjs FILE.zip --fingerprint "…"   (Node.js 18 or newer), or
   - gatehouse verify FILE.zip --fingerprint "…"
   Better: take the verifier from the release, not from here, and compare its SHA-256:
${evidence.verifiers.map(({ name, sha256 }) => `   ${sha256}  ${name}`).join("\n")}

frames/          the pictures exactly as the camera sent them, a folder a segment; .json: what a detector found in the
                 picture of that time, signed with them
video/           where the camera sends video: its fragments one after the other, a film a segment
manifests/       what was signed about each segment when it ended
clip.json        which frame is where, when it came, and its SHA-256
events.ndjson    the entries of the audit log that hold the manifests' hashes (${evidence.origin}, ${evidence.size} events)
checkpoint       the signed head of that log, with the signatures of witnesses
proofs.json      why these entries are in the log under that head
witnessed.json   earlier heads of the log that witnesses signed: when each entry came into it, by their clocks
keys.json        the root's key, its certificates for the log's key and the key of recordings, keys of witnesses

The format, byte by byte, is docs/verify.md of Gatehouse: enough to write a verifier of your own.
`;
