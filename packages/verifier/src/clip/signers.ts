import { isSignedBy, parseNote, parseVerifierKey, type VerifierKey } from "@gatehouse/ledger";
import { isManifestSignedBy, type SignedManifest } from "@gatehouse/video";

const RECORDINGS = "gatehouse-recordings-key/v1";
const CAMERA = "gatehouse-camera-key/v1";
const MAX_CAMERA_KEYS = 128;

/** Who may sign manifests. */
export interface Signers {
  /** Whom the root names as the one who signs recordings. */
  readonly recorder: VerifierKey;
  /** Keys of cameras that sign themselves, by camera, as the key of recordings vouches for them. */
  readonly cameras: ReadonlyMap<string, readonly VerifierKey[]>;
}

/** Undefined when the root names nobody. A camera's key for which nobody vouches is passed over. */
export function signersOf(keys: Uint8Array): Signers | undefined {
  try {
    const { root, recordings, cameras } = JSON.parse(new TextDecoder().decode(keys)) as Record<
      string,
      unknown
    >;
    if (typeof root !== "string" || typeof recordings !== "string") return undefined;
    const recorder = vouchedFor(recordings, parseVerifierKey(root), RECORDINGS, 1);
    if (recorder === undefined) return undefined;
    return { recorder: recorder.key, cameras: camerasOf(cameras, recorder.key) };
  } catch {
    return undefined;
  }
}

function camerasOf(notes: unknown, recorder: VerifierKey): Map<string, VerifierKey[]> {
  const keys = new Map<string, VerifierKey[]>();
  if (!Array.isArray(notes)) return keys;
  for (const note of notes.slice(0, MAX_CAMERA_KEYS)) {
    const found = typeof note === "string" ? vouchedFor(note, recorder, CAMERA, 2) : undefined;
    if (found !== undefined)
      keys.set(found.lines[0] ?? "", [...(keys.get(found.lines[0] ?? "") ?? []), found.key]);
  }
  return keys;
}

/** The last of `lines` lines behind the title is a verifier key; undefined for what `by` has not signed. */
function vouchedFor(text: string, by: VerifierKey, title: string, lines: number) {
  try {
    const note = parseNote(text);
    const [first, ...rest] = note.text.split("\n");
    if (first !== title || rest.length !== lines + 1 || !isSignedBy(note, by)) return undefined;
    return { key: parseVerifierKey(rest[lines - 1] ?? ""), lines: rest };
  } catch {
    return undefined;
  }
}

/** `changed`: it names one of those who may, whose signature does not hold. */
export function signerOf(
  signed: SignedManifest,
  { recorder, cameras }: Signers,
): "recordings" | "camera" | "changed" | "foreign" {
  const own = cameras.get(signed.manifest.camera) ?? [];
  if (isManifestSignedBy(signed, recorder)) return "recordings";
  if (own.some((key) => isManifestSignedBy(signed, key))) return "camera";
  const isNamed = [recorder, ...own].some((key) =>
    signed.note.signatures.some(({ name, keyId }) => name === key.name && keyId === key.id),
  );
  return isNamed ? "changed" : "foreign";
}
