import { AppError } from "@gatehouse/base";

/** What was being read when it turned out to be malformed. */
export type LedgerPart =
  | "json"
  | "event"
  | "salt"
  | "frontier"
  | "tile"
  | "entries"
  | "verifier_key"
  | "note"
  | "checkpoint"
  | "cosignature"
  | "certificate"
  | "seam"
  | "seams"
  | "witnessed"
  | "add_checkpoint"
  | "proofs"
  | "keys";

/** The one error of the parsers. `reason` is a fixed text of ours, never a piece of the input. */
export const malformed = (part: LedgerPart, reason: string): AppError =>
  new AppError("ledger.malformed", { part, reason });
