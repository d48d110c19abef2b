import { ledger, type QueryOf } from "@gatehouse/contract";

/** What narrows the list, as the server takes it. */
export type EntryFilter = Omit<QueryOf<typeof ledger.listLedgerEntries>, "before" | "after" | "limit">;

export const FILTER_KEYS = ["q", "kind", "outcome", "actor", "subject", "about", "from", "to"] as const;
export type EntrySearch = { readonly [K in (typeof FILTER_KEYS)[number]]?: string };

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** Kinds by the name of a choice that stands for several of them in the address. */
export const KIND_GROUPS = {
  sign_ins: [
    "login.done",
    "login.refused",
    "login.attacked",
    "session.ended",
    "session.stepped_up",
    "session.theft_suspected",
    "password.changed",
    "password.reset",
  ],
} as const satisfies Record<string, readonly ledger.LedgerKind[]>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The view of everything about one thing; what has no id of its own, such as Gatehouse itself, only ever acts. */
export const viewOf = ({ kind, id }: ledger.LedgerParty): EntrySearch =>
  UUID.test(id) ? { about: id } : id === kind ? { actor: id } : { subject: id };

const isGroup = (text: string): text is keyof typeof KIND_GROUPS => Object.hasOwn(KIND_GROUPS, text);
const isKind = (text: string): text is ledger.LedgerKind =>
  (ledger.LEDGER_KIND_NAMES as readonly string[]).includes(text);

/** The filters of the address; what the server would refuse is left out. */
export function filterOf(search: EntrySearch): EntryFilter {
  const { q, actor, subject, about } = search;
  const outcome = ledger.OUTCOMES.find((one) => one === search.outcome);
  const kinds = (search.kind ?? "").split(",").flatMap((one) => (isGroup(one) ? KIND_GROUPS[one] : [one]));
  const known = kinds.filter(isKind);
  const from = DATE.test(search.from ?? "") ? Date.parse(search.from ?? "") : Number.NaN;
  const to = DATE.test(search.to ?? "") ? Date.parse(search.to ?? "") + DAY_MS : Number.NaN;
  return {
    ...(q === undefined ? {} : { q: q.slice(0, 200) }),
    ...(known.length === 0 ? {} : { kind: known.join(",") }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(actor === undefined ? {} : { actor }),
    ...(subject === undefined ? {} : { subject }),
    ...(about === undefined || !UUID.test(about) ? {} : { about }),
    ...(Number.isFinite(from) && from >= 0 ? { from: String(from) } : {}),
    ...(Number.isFinite(to) && to >= 0 ? { to: String(to) } : {}),
  };
}
