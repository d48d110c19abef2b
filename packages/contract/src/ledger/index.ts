export {
  getLedgerCheckpoint,
  getLedgerEntry,
  getLedgerHead,
  getLedgerKey,
  getLedgerTile,
  getLogCheckpoint,
  getLogKey,
  getLogTile,
  LedgerEntry,
  LedgerHead,
  LedgerParty,
  listLedgerEntries,
  proveLedgerConsistency,
  readLedgerRange,
} from "./entries.ts";
export {
  exportLedger,
  getLedgerTrust,
  getVerifyPage,
  getVerifyPageHere,
  getVerifyWorker,
  LedgerExportRequest,
} from "./export.ts";
export { LEDGER_KIND_NAMES, LEDGER_KINDS, type LedgerKind } from "./kinds.ts";
export { OUTCOMES, type Outcome } from "./outcome.ts";
export { acknowledgeLedgerSeam, LedgerSeam, listLedgerSeams } from "./seams.ts";
export {
  acknowledgeRestart,
  addCheckpoint,
  addWitness,
  addWitnessedLog,
  Contradiction,
  LedgerWitness,
  listContradictions,
  listWitnesses,
  removeWitness,
  removeWitnessedLog,
  WitnessedLog,
  type WitnessKind,
  type WitnessStanding,
} from "./witnesses.ts";
