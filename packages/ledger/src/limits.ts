/** Sizes of trees are exact JavaScript integers: 2^53 − 1 events are more than any log will hold. */
export const MAX_TREE_SIZE = Number.MAX_SAFE_INTEGER;

/** Canonical bytes of one event. Entry bundles of C2SP tlog-tiles could carry 65,535. */
export const MAX_EVENT_BYTES = 16_384;

/** Nesting of arrays and objects in an event: deeper ones are written by nobody but attackers. */
export const MAX_JSON_DEPTH = 32;

/** Characters of a signed note. A checkpoint with 100 cosignatures has about 16,000. */
export const MAX_NOTE_LENGTH = 65_536;

/** Lines of signatures under a note. C2SP signed-note asks for 16 at least; every gateway may be a witness here. */
export const MAX_NOTE_SIGNATURES = 128;

/** Characters of the name of a key, and with it of the origin of a log. */
export const MAX_KEY_NAME_LENGTH = 255;

/** Lines of a checkpoint after the root; C2SP tlog-checkpoint advises against any. */
export const MAX_EXTENSION_LINES = 16;

/** Hashes of a consistency proof (C2SP tlog-witness, add-checkpoint); inclusion proofs are not longer. */
export const MAX_PROOF_HASHES = 63;

/** Restarts of one log that a witness remembers: each takes an acknowledgement by a person. */
export const MAX_SEAMS = 256;

/** Events in one export. */
export const MAX_EXPORT_EVENTS = 1_000_000;

/** Witness keys that come with an export. */
export const MAX_EXPORT_WITNESSES = MAX_NOTE_SIGNATURES;

/** Earlier checkpoints that come with an export, each with a signature of the log and of its witnesses to check. */
export const MAX_WITNESSED = 64;

/** Problems that a report lists; more are counted. */
export const MAX_LISTED_PROBLEMS = 1_000;

/** Whether a number can be the size of a tree. */
export const isTreeSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
