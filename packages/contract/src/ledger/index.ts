export { LEDGER_KIND_NAMES, LEDGER_KINDS, type LedgerKind } from "./kinds.ts";
export { OUTCOMES, type Outcome } from "./outcome.ts";
