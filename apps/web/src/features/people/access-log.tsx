import { accounts, type QueryOf } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./people.module.css";

type Entry = accounts.AccessEntry;
type Filter = Omit<QueryOf<typeof accounts.listAccessLog>, "before" | "limit">;

const PAGE = "50";
const OUTCOMES = ["ok", "refused"] as const;
const KINDS = [
  "setup",
  "login",
  "logout",
  "refresh_reuse",
  "session_ended",
  "step_up",
  "password_changed",
  "password_reset",
] as const;
const REASONS = ["credentials", "throttled", "code", "passkey", "repeated", "setup_link"] as const;
const isReason = (reason: string): reason is (typeof REASONS)[number] =>
  (REASONS as readonly string[]).includes(reason);
type Kind = (typeof KINDS)[number];
const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

/** Log-ins and session ends, good and bad, newest first. */
export function AccessLog() {
  const t = useTranslations("people.log");
  const common = useTranslations("common.action");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const outcome = OUTCOMES.find((one) => one === search.outcome);
  const filter: Filter = {
    ...(outcome === undefined ? {} : { outcome }),
    ...(search.kind === undefined ? {} : { kind: search.kind.slice(0, 40) }),
    ...(search.q === undefined ? {} : { q: search.q.slice(0, 100) }),
  };
  const set = (change: Record<string, string>) => {
    const next = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== "");
    void navigate({ to: "/people", search: Object.fromEntries(next), replace: true, resetScroll: false });
  };
  const log = useInfiniteQuery({
    queryKey: [accounts.listAccessLog.path, accounts.listAccessLog.method, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return call(accounts.listAccessLog, { query }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} flush>
      <search className={styles.bar} aria-label={t("filter")}>
        <SearchField label={t("search")} value={search.q ?? ""} onChange={(q) => set({ q })} />
        <NativeSelect
          aria-label={t("outcome")}
          value={outcome ?? ""}
          onChange={(event) => set({ outcome: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyOutcome") },
            ...OUTCOMES.map((value) => ({ value, label: t(value) })),
          ]}
        />
        <NativeSelect
          aria-label={t("kindLabel")}
          value={search.kind ?? ""}
          onChange={(event) => set({ kind: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyKind") },
            ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) })),
          ]}
        />
      </search>
      <QueryView
        query={log}
        what={t("reading")}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          <EmptyState
            title={t("noMatch")}
            action={
              <Button variant="default" onClick={() => void navigate({ to: "/people", search: {} })}>
                {common("clearFilters")}
              </Button>
            }
          />
        }
      >
        {({ pages }) => (
          <>
            <Entries entries={pages.flatMap(({ items }) => items)} />
            <ReadMore
              hasMore={log.hasNextPage}
              busy={log.isFetchingNextPage}
              onMore={() => void log.fetchNextPage()}
            />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function Entries(props: { entries: readonly Entry[] }) {
  const t = useTranslations("people.log");
  const format = useFormat();
  const columns = useMemo<Column<Entry>[]>(() => {
    const what = ({ kind }: Entry) => (isKind(kind) ? t(`kind.${kind}`) : kind);
    const who = ({ personName, email }: Entry) => personName ?? email ?? "–";
    return [
      { id: "at", header: () => t("at"), cell: ({ row }) => format.dateTime(row.original.atMs) },
      { id: "what", header: () => t("kindLabel"), cell: ({ row }) => what(row.original) },
      { id: "outcome", header: () => t("outcome"), cell: ({ row }) => <Outcome entry={row.original} /> },
      { id: "who", header: () => t("who"), cell: ({ row }) => who(row.original) },
      {
        id: "address",
        header: () => t("address"),
        cell: ({ row }) => <span className="mono">{row.original.address}</span>,
      },
      {
        id: "client",
        header: () => t("client"),
        cell: ({ row }) => <span className="secondary">{row.original.client}</span>,
      },
    ];
  }, [t, format]);
  return (
    <DataTable
      label={t("title")}
      rows={props.entries}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(entry) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{isKind(entry.kind) ? t(`kind.${entry.kind}`) : entry.kind}</span>
            <Outcome entry={entry} />
          </span>
          <span className="secondary small anywhere">{entry.personName ?? entry.email ?? "–"}</span>
          <span className="tertiary tiny">
            {format.dateTime(entry.atMs)}, {entry.address}
          </span>
        </span>
      )}
    />
  );
}

function Outcome(props: { entry: Entry }) {
  const t = useTranslations("people.log");
  const { outcome, reason } = props.entry;
  if (outcome === "ok") return <Tag>{t("ok")}</Tag>;
  return (
    <span className="row">
      <Tag tone="warn">{t("refused")}</Tag>
      {reason !== undefined && (
        <span className="tertiary tiny">{isReason(reason) ? t(`reason.${reason}`) : reason}</span>
      )}
    </span>
  );
}
