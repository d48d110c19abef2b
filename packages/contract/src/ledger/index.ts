export { LEDGER_KIND_NAMES, LEDGER_KINDS, type LedgerKind } from "./kinds.ts";
