import { MAX_LISTED_PROBLEMS } from "../limits.ts";
import type { LineProblemKind } from "./match-lines.ts";

/** What is wrong with an export, as one word each; docs/verify.md says what follows from each. */
export type ProblemKind =
  | "keys_malformed"
  | "log_not_certified"
  | "fingerprint_differs"
  | "checkpoint_malformed"
  | "checkpoint_not_signed"
  | "cosignature_wrong"
  | "proofs_malformed"
  | "too_many_events"
  | "root_differs"
  | "proof_wrong"
  | "not_canonical"
  | "personal_malformed"
  | "personal_differs"
  | "seams_malformed"
  | "seam_wrong"
  | "witnessed_malformed"
  | "witnessed_wrong"
  | "back_dated"
  | LineProblemKind;

export interface EvidenceProblem {
  readonly kind: ProblemKind;
  /** Index of the event in the log; null where it is not of one event. */
  readonly index: number | null;
  /** Line of events.ndjson, the first is 1; null where there is none. */
  readonly line: number | null;
}

export interface WitnessFinding {
  readonly name: string;
  readonly state: "valid" | "wrong" | "absent";
  /** Unix seconds by the witness's clock; null unless valid. */
  readonly timeS: number | null;
  /** Whether the reader knew this key beforehand. One that only came with the export proves nothing. */
  readonly isKnown: boolean;
  /** Whether the export says that it is a machine of the installation itself. Its owner could enrol puppets. */
  readonly isOwnMachine: boolean;
}

/** A witness saw the log at a size, and no larger one before that time. */
export interface Sighting {
  readonly size: number;
  readonly witness: string;
  /** Unix seconds by the witness's clock. */
  readonly timeS: number;
  readonly isKnown: boolean;
  readonly isOwnMachine: boolean;
}

/** An event that says it is older than a log that was seen without it. */
export interface BackDated {
  readonly index: number;
  /** What it says: RFC 3339. */
  readonly time: string;
  readonly seen: Sighting;
}

/** One log of the installation ended with a restore, and another began with an entry that names its end. */
export interface SeamFinding {
  /** Name of the log that ended, and the size of its last checkpoint in the backup. */
  readonly ended: string;
  readonly size: number;
  /** Name of the log that follows. */
  readonly begun: string;
  /** RFC 3339, by the server's clock. */
  readonly time: string;
  /** The owner stands by it: without that no witness takes the log that follows. */
  readonly isAcknowledged: boolean;
}

/** What a reader's own copy of the trust root's fingerprint says. */
export type Pinning = "pinned" | "not_pinned" | "differs";

export interface EvidenceReport {
  /** Nothing contradicts anything else. Who made it is only known when `pinned` is "pinned". */
  readonly ok: boolean;
  readonly pinned: Pinning;
  /** To be compared by the reader; empty when the keys could not be read. */
  readonly fingerprint: string;
  /** Of the checkpoint; empty, 0 and empty when it could not be read. */
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /**
   * Indexes `from` ≤ i < `to` whose leaf hashes are all there, `unlisted` of them without their events; null where
   * each event has a proof of its own.
   */
  readonly range: { readonly from: number; readonly to: number; readonly unlisted: number } | null;
  readonly lines: number;
  /** Lines that are proven to be in the log as they stand. */
  readonly proven: number;
  /** Values about people that came with their salts and are those of their events. */
  readonly revealed: number;
  readonly witnesses: readonly WitnessFinding[];
  /** Earlier checkpoints of this log that came along and hold; null for an export that has no such file. */
  readonly witnessed: number | null;
  /** Under them and under the checkpoint, by rising size. */
  readonly sightings: readonly Sighting[];
  /** Those among `problems`. */
  readonly backDated: readonly BackDated[];
  /** The newest first; of an export that has none, nothing is known of other logs. */
  readonly seams: readonly SeamFinding[];
  /** The first `MAX_LISTED_PROBLEMS`. */
  readonly problems: readonly EvidenceProblem[];
  readonly problemCount: number;
}

/** Collects problems without end in number, but in memory. */
export class Problems {
  readonly listed: EvidenceProblem[] = [];
  count = 0;

  add(kind: ProblemKind, index: number | null = null, line: number | null = null): void {
    this.count++;
    if (this.listed.length < MAX_LISTED_PROBLEMS) this.listed.push({ kind, index, line });
  }
}
