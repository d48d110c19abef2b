import type { ledger } from "@gatehouse/contract";
import { MAX_EXPORT_EVENTS } from "@gatehouse/ledger";
import type { EntryFilter } from "./entry-filter.ts";

/** What an export would hold; indexes are of the first and the last entry that match. */
export type ExportPlan =
  | { readonly kind: "empty" }
  | { readonly kind: "ready" | "too_large"; readonly first: number; readonly last: number };

/** What the dialog asks for beyond the filters of the list. */
export interface ExportChoice {
  readonly log: number;
  /** As typed; empty: no bound. Both are included. */
  readonly first: string;
  readonly last: string;
  readonly reveal: boolean;
}

const INDEX = /^\d{1,15}$/;
const indexOf = (typed: string): number | undefined => (INDEX.test(typed.trim()) ? Number(typed) : undefined);

/** The list's own query for what would be exported: words are no part of an export. */
export function plannedFilter({ q: _words, ...filter }: EntryFilter, choice: ExportChoice): EntryFilter {
  const [first, last] = [indexOf(choice.first), indexOf(choice.last)];
  return {
    ...filter,
    log: String(choice.log),
    ...(first === undefined ? {} : { fromIndex: String(first) }),
    ...(last === undefined ? {} : { toIndex: String(last) }),
  };
}

export function planOf(
  oldest: Pick<ledger.LedgerEntry, "index"> | undefined,
  newest: Pick<ledger.LedgerEntry, "index"> | undefined,
): ExportPlan {
  if (oldest === undefined || newest === undefined) return { kind: "empty" };
  const [first, last] = [oldest.index, newest.index];
  return { kind: last - first + 1 > MAX_EXPORT_EVENTS ? "too_large" : "ready", first, last };
}

export function requestOf(filter: EntryFilter, choice: ExportChoice): ledger.LedgerExportRequest {
  const { kind, outcome, actor, subject, about, from, to } = filter;
  const [first, last] = [indexOf(choice.first), indexOf(choice.last)];
  return {
    log: choice.log,
    reveal: choice.reveal,
    ...(first === undefined ? {} : { fromIndex: first }),
    ...(last === undefined ? {} : { toIndex: last + 1 }),
    ...(kind === undefined ? {} : { kinds: kind.split(",") as ledger.LedgerKind[] }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(actor === undefined ? {} : { actor }),
    ...(subject === undefined ? {} : { subject }),
    ...(about === undefined ? {} : { about }),
    ...(from === undefined ? {} : { fromMs: Number(from) }),
    ...(to === undefined ? {} : { toMs: Number(to) }),
  };
}
