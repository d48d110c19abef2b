import { ledger } from "@gatehouse/contract";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./audit.module.css";
import { type EntryFilter, type EntrySearch, FILTER_KEYS, filterOf } from "./entry-filter.ts";
import { ExportDialog } from "./export-dialog.tsx";
import { Narrowed } from "./narrowed.tsx";
import { PartyName, usePartyText } from "./party.tsx";

type Entry = ledger.LedgerEntry;
const PAGE = "50";
const RENEW_MS = 5_000;
const areaOf = (kind: string): string => kind.split(".")[0] ?? kind;

/** Newest first, read on and on; while nothing older was asked for, new entries come by themselves. */
export function EntriesPanel(props: { head: ledger.LedgerHead | undefined }) {
  const t = useTranslations("audit");
  const kinds = useTranslations("ledgerKinds");
  const common = useTranslations("common.action");
  const can = useCan();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const filter = filterOf(search);
  const set = (change: EntrySearch) => {
    const next = Object.entries({ ...search, ...change }).filter(
      ([key, value]) =>
        (FILTER_KEYS as readonly string[]).includes(key) && value !== "" && value !== undefined,
    );
    void navigate({ to: "/audit", search: Object.fromEntries(next), replace: true, resetScroll: false });
  };
  const { path, method } = ledger.listLedgerEntries;
  const entries = useInfiniteQuery({
    queryKey: [path, method, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return call(ledger.listLedgerEntries, { query }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ older }) => older,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? RENEW_MS : false),
  });
  const sorted = useMemo(
    () =>
      [...ledger.LEDGER_KIND_NAMES]
        .map((kind) => ({ value: kind, label: kinds(kind), area: areaOf(kind) }))
        .sort((a, b) => a.label.localeCompare(b.label)),
    [kinds],
  );
  return (
    <Panel
      title={t("title")}
      subtitle={t("subtitle")}
      flush
      end={
        props.head !== undefined && can("ledger.export") && <ExportButton filter={filter} head={props.head} />
      }
    >
      <search className={styles.bar} aria-label={t("filter")}>
        <SearchField label={t("search")} value={search.q ?? ""} onChange={(q) => set({ q })} />
        <NativeSelect
          aria-label={t("kindLabel")}
          value={search.kind ?? ""}
          onChange={(event) => set({ kind: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyKind") },
            { value: "sign_ins", label: t("signIns") },
            ...sorted.map(({ value, label }) => ({ value, label })),
          ]}
        />
        <NativeSelect
          aria-label={t("outcome.label")}
          value={search.outcome ?? ""}
          onChange={(event) => set({ outcome: event.currentTarget.value })}
          data={[
            { value: "", label: t("outcome.any") },
            ...ledger.OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) })),
          ]}
        />
        <TextInput
          type="date"
          aria-label={t("from")}
          value={search.from ?? ""}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          aria-label={t("to")}
          value={search.to ?? ""}
          onChange={(event) => set({ to: event.currentTarget.value })}
        />
        {Object.keys(filter).length > 0 && (
          <Button variant="default" onClick={() => void navigate({ to: "/audit", search: {} })}>
            {common("clearFilters")}
          </Button>
        )}
      </search>
      <Narrowed
        search={search}
        entries={entries.data?.pages.flatMap(({ items }) => items) ?? []}
        onClear={set}
      />
      <QueryView
        query={entries}
        what={t("reading")}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState title={t("noMatch")} />}
      >
        {({ pages }) => (
          <>
            <Entries entries={pages.flatMap(({ items }) => items)} />
            <ReadMore
              hasMore={entries.hasNextPage}
              busy={entries.isFetchingNextPage}
              onMore={() => void entries.fetchNextPage()}
            />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function ExportButton(props: { filter: EntryFilter; head: ledger.LedgerHead }) {
  const t = useTranslations("audit.export");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden="true" />}
        onClick={() => setIsOpen(true)}
      >
        {t("open")}
      </Button>
      {isOpen && <ExportDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function Entries(props: { entries: readonly Entry[] }) {
  const t = useTranslations("audit");
  const kinds = useTranslations("ledgerKinds");
  const format = useFormat();
  const navigate = useNavigate();
  const partyText = usePartyText();
  const columns = useMemo<Column<Entry>[]>(
    () => [
      {
        id: "index",
        header: () => t("index"),
        meta: { align: "end", width: 70 },
        cell: ({ row }) => <span className="num">{format.number(row.original.index)}</span>,
      },
      { id: "at", header: () => t("at"), cell: ({ row }) => format.dateTime(row.original.atMs) },
      {
        id: "what",
        header: () => t("what"),
        cell: ({ row: { original } }) =>
          original.act === undefined ? (
            <span className="tertiary">{t("sealed")}</span>
          ) : (
            <span className="row">
              <span className="strong">{kinds(original.act.kind)}</span>
              {original.act.outcome === "refused" && <Tag tone="warn">{t("outcome.refused")}</Tag>}
            </span>
          ),
      },
      {
        id: "who",
        header: () => t("who"),
        cell: ({ row }) => <PartyName party={row.original.act?.actor} />,
      },
      {
        id: "subject",
        header: () => t("subject"),
        cell: ({ row }) => <PartyName party={row.original.act?.subject} />,
      },
    ],
    [t, kinds, format],
  );
  return (
    <DataTable
      label={t("title")}
      rows={props.entries}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={({ id }) => void navigate({ to: "/audit/$entryId", params: { entryId: id } })}
      phoneRow={(entry) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{entry.act === undefined ? t("sealed") : kinds(entry.act.kind)}</span>
            {entry.act?.outcome === "refused" && <Tag tone="warn">{t("outcome.refused")}</Tag>}
          </span>
          <span className="secondary small anywhere">
            {entry.act === undefined ? "–" : partyText(entry.act.actor)}
            {entry.act?.subject !== undefined && ` → ${partyText(entry.act.subject)}`}
          </span>
          <span className="tertiary tiny">
            {format.dateTime(entry.atMs)}, {t("index")} {format.number(entry.index)}
          </span>
        </span>
      )}
    />
  );
}
