import { isSignedBy, type VerifierKey } from "@gatehouse/ledger";
import { segmentCrypto } from "@gatehouse/secure-channel";
import { compareWithManifest, parseManifest, readSegment } from "@gatehouse/video";
import type { ClipFiles, ClipMark } from "./clip-files.ts";
import type { ClipKeys } from "./clip-keys.ts";

/** Longer than any of ours. */
const MAX_FILE_BYTES = 64 * 1_048_576;

/**
 * What a segment holds that a crash left without its mark: whole chunks that open under its key. One whose signed end
 * is there was sealed; of another the end is cut off, and nobody goes on with it. Undefined: nothing of it can be read.
 */
export async function recoverClip(
  files: ClipFiles,
  keys: ClipKeys,
  id: string,
  own: VerifierKey,
): Promise<ClipMark | undefined> {
  const wrapped = await files.readKey(id);
  const key = wrapped && keys.unwrap(id, wrapped);
  const file = await files.read(id, 0, MAX_FILE_BYTES);
  const contents = key && readSegment(file, key, segmentCrypto);
  if (contents === undefined || "fault" in contents) return undefined;
  const { frames, segment, sealedBytes, trailer } = contents;
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { startMs } = segment.header;
  const note = new TextDecoder().decode(file.subarray(sealedBytes));
  const signed = trailer && parseManifest(note);
  const isWhole =
    signed !== undefined &&
    isSignedBy(signed.note, own) &&
    compareWithManifest(contents, signed.manifest, file, segmentCrypto).length === 0;
  if (!isWhole) await files.truncate(id, sealedBytes);
  return {
    v: 1,
    startMs,
    firstMs: startMs + first.offsetMs,
    lastMs: startMs + last.offsetMs,
    bytes: isWhole ? file.length : sealedBytes,
    manifest: isWhole ? note : "",
    manifestSha256: isWhole ? Buffer.from(segmentCrypto.sha256(Buffer.from(note))).toString("hex") : null,
    needed: false,
    sent: "no",
  };
}
