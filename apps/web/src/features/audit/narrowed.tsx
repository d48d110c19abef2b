import type { ledger } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import styles from "./audit.module.css";
import type { EntrySearch } from "./entry-filter.ts";
import { PartyName } from "./party.tsx";

type Entry = ledger.LedgerEntry;
const VIEWS = ["about", "actor", "subject"] as const;

/** The party with this id as one of the entries names it: the address has the id alone. */
export function partyIn(entries: readonly Entry[], id: string): ledger.LedgerParty | undefined {
  const parties = entries.flatMap(({ act }) => (act === undefined ? [] : [act.actor, act.subject]));
  return parties.find((party) => party?.id === id);
}

/** Says whose view this is, while only what concerns one person or thing is listed. */
export function Narrowed(props: {
  search: EntrySearch;
  entries: readonly Entry[];
  onClear: (change: EntrySearch) => void;
}) {
  const t = useTranslations("audit");
  const { search, entries, onClear } = props;
  return VIEWS.map((view) => {
    const id = search[view];
    if (id === undefined) return null;
    return (
      <div key={view} className={styles.narrowed}>
        <span>
          {t.rich(`view.${view}`, {
            name: () => <PartyName party={partyIn(entries, id) ?? { kind: id, id }} />,
          })}
        </span>
        <Button variant="default" onClick={() => onClear({ [view]: "" })}>
          {t("everybody")}
        </Button>
      </div>
    );
  });
}
