import {
  canonicalJson,
  encodeNote,
  isSignedBy,
  type Note,
  parseNote,
  type Signer,
  signNote,
  type VerifierKey,
} from "@gatehouse/ledger";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";

const TITLE = "gatehouse-segment/v1";
/** Characters of a signed manifest. */
export const MAX_MANIFEST_LENGTH = 8_192;

const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Id = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What a segment holds, as whoever sealed it signs. Times in ms since 1970. */
export const SegmentManifest = Type.Object(
  {
    v: Type.Literal(1),
    camera: Id,
    segment: Id,
    /** First and last frame by the clock that sealed. */
    firstMs: Count,
    lastMs: Count,
    /** The same by the camera's own clock, where it has one. */
    deviceFirstMs: Type.Union([Count, Type.Null()]),
    deviceLastMs: Type.Union([Count, Type.Null()]),
    codec: Type.Union([Type.Literal("jpeg"), Type.Literal("h264-fmp4")]),
    frames: Count,
    /** Merkle tree hash (RFC 6962 §2.1) whose leaves are the SHA-256 of each frame as the camera sent it. */
    framesRoot: Hash,
    /** Header and chunks as they stand in the file: its length and SHA-256. */
    sealedBytes: Count,
    sealedSha256: Hash,
    /** SHA-256 of the manifest of the segment before it, of the same camera; null for the first. */
    previous: Type.Union([Hash, Type.Null()]),
  },
  { additionalProperties: false },
);
export type SegmentManifest = Static<typeof SegmentManifest>;

/** As it is kept and handed out: a signed note (C2SP signed-note) over one line of canonical JSON (RFC 8785). */
export const signManifest = (manifest: SegmentManifest, signer: Signer): string =>
  encodeNote(signNote(`${TITLE}\n${canonicalJson(manifest)}\n`, signer));

export interface SignedManifest {
  readonly manifest: SegmentManifest;
  readonly note: Note;
}

/** What the text says, whoever signed it; undefined when it is no manifest. */
export function parseManifest(text: string): SignedManifest | undefined {
  if (text.length > MAX_MANIFEST_LENGTH) return undefined;
  try {
    const note = parseNote(text);
    const [title, json = "", ...end] = note.text.split("\n");
    if (title !== TITLE || end.length !== 1 || end[0] !== "") return undefined;
    const manifest: unknown = JSON.parse(json);
    const isOne = Check(SegmentManifest, manifest) && canonicalJson(manifest) === json;
    return isOne ? { manifest, note } : undefined;
  } catch {
    return undefined;
  }
}

export const isManifestSignedBy = ({ note }: SignedManifest, key: VerifierKey): boolean =>
  isSignedBy(note, key);
