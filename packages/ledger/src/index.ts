// The pure half of the transparency log: bytes in, bytes out; no clock, no file, no network. Runs in Node and in
// browsers (tested). docs/verify.md is its description, byte by byte.
export {
  type AddCheckpoint,
  encodeAddCheckpoint,
  MAX_ADD_CHECKPOINT_LENGTH,
  parseAddCheckpoint,
} from "./add-checkpoint.ts";
export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./base64.ts";
export { canonicalBytes, canonicalJson } from "./canonical-json.ts";
export { certifyLog, fingerprintOf, isFingerprintOf, openCertificate } from "./certificate.ts";
export {
  type Checkpoint,
  encodeCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from "./checkpoint.ts";
export { addCosignatures, type CosignatureFinding, cosign, findCosignature } from "./cosignature.ts";
export type { Sign } from "./ed25519.ts";
export { encodeEntries, parseEntries } from "./entries.ts";
export { encodeEvent, LedgerEvent, leafOf } from "./events.ts";
export { BACK_DATED_MS, type WitnessedSpan, witnessedSpan } from "./evidence/dated.ts";
export type { ExportKeys } from "./evidence/export-keys.ts";
export {
  type EntryProof,
  type EntryProofs,
  type ExportProofs,
  proveEntries,
  proveRange,
  type RangeProof,
} from "./evidence/export-proofs.ts";
export type { ExportSeam } from "./evidence/export-seams.ts";
export { type Matched, matchLines } from "./evidence/match-lines.ts";
export { type PreviousLog, RESTORED_KIND, readPrevious } from "./evidence/previous-log.ts";
export type {
  BackDated,
  EvidenceProblem,
  EvidenceReport,
  Pinning,
  ProblemKind,
  SeamFinding,
  Sighting,
  WitnessFinding,
} from "./evidence/report.ts";
export type { RevealedValue } from "./evidence/revealed.ts";
export { type EvidenceFiles, type KnownToReader, verifyEvidence } from "./evidence/verify.ts";
export type { WitnessedCheckpoint } from "./evidence/witnesses.ts";
export {
  MAX_EVENT_BYTES,
  MAX_EXPORT_EVENTS,
  MAX_KEY_NAME_LENGTH,
  MAX_NOTE_LENGTH,
  MAX_NOTE_SIGNATURES,
  MAX_SEAMS,
  MAX_WITNESSED,
} from "./limits.ts";
export { blocksOf, type HashAt, type LeafRange, type TreeNode } from "./nodes.ts";
export {
  encodeNote,
  encodeSignatureLine,
  isSignedBy,
  type Note,
  type NoteSignature,
  parseNote,
  parseSignatureLines,
  signNote,
} from "./note.ts";
export { hidePersonal, matchesPersonal, SALT_BYTES } from "./personal.ts";
export {
  type ConsistencyClaim,
  consistencyRanges,
  type InclusionClaim,
  inclusionRanges,
  nodesOf,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from "./proofs.ts";
export { openSeam, type Seam, type SeamTerms, signSeam } from "./seam.ts";
export {
  entriesPath,
  type FilledTile,
  growTiles,
  hashesFromRows,
  hashesFromTiles,
  hashTile,
  parseTilePath,
  type ReadTile,
  rowsOfTile,
  TILE_WIDTH,
  type Tile,
  type TileRows,
  tileAt,
  tileOf,
  tilePath,
  tilesChanged,
  tilesOf,
} from "./tiles.ts";
export { defaultHash, emptyRoot, HASH_BYTES, type Hash, hashLeaf, hashNode } from "./tree-hash.ts";
export {
  appendLeaves,
  EMPTY_FRONTIER,
  encodeFrontier,
  type Frontier,
  parseFrontier,
  rootOf,
} from "./tree-head.ts";
export {
  createSigner,
  createVerifierKey,
  encodeVerifierKey,
  isKeyName,
  KEY_TYPES,
  type KeyType,
  parseVerifierKey,
  type Signer,
  type VerifierKey,
} from "./verifier-key.ts";
export {
  acceptSeam,
  considerCheckpoint,
  startWitness,
  WITNESS_REFUSALS,
  type WitnessRefusal,
  WitnessState,
  type WitnessVerdict,
} from "./witness.ts";
