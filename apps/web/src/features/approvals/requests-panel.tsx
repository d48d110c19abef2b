import { access, FOUR_EYES_ACTS, type QueryOf } from "@gatehouse/contract";
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
import styles from "./approvals.module.css";
import { capitalised, STATE_TONES, useActText } from "./use-act-text.ts";

type Approval = access.Approval;

/** What each list asks the server for. */
const LISTS = {
  decide: { who: "decider" },
  mine: { who: "requester" },
  closed: { state: "closed" },
  open: { state: "open" },
} as const satisfies Record<string, QueryOf<typeof access.listApprovals>>;
export type ListName = keyof typeof LISTS;

const PAGE = "50";
const RENEW_MS = 30_000;

/** One list of requests, newest first; changes come by themselves. */
export function RequestsPanel(props: { list: ListName }) {
  const t = useTranslations("approvals");
  const common = useTranslations("common.action");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const { list } = props;
  const act = FOUR_EYES_ACTS.find((one) => one === search.act);
  const q = (search.q ?? "").slice(0, 100);
  const filter = { ...LISTS[list], ...(act === undefined ? {} : { act }), ...(q === "" ? {} : { q }) };
  const set = (change: { act?: string; q?: string }) => {
    const next = Object.entries({ tab: list === "decide" ? "" : list, act: act ?? "", q, ...change });
    const kept = Object.fromEntries(next.filter(([, value]) => value !== ""));
    void navigate({ to: "/approvals", search: kept, replace: true, resetScroll: false });
  };
  const { path, method } = access.listApprovals;
  const requests = useInfiniteQuery({
    queryKey: [path, method, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return call(access.listApprovals, { query }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? RENEW_MS : false),
  });
  const isFiltered = act !== undefined || q !== "";
  return (
    <Panel title={t(`tab.${list}`)} flush>
      <search className={styles.bar} aria-label={t("filter")}>
        <SearchField label={t("search")} value={q} onChange={(text) => set({ q: text })} />
        <NativeSelect
          aria-label={t("actLabel")}
          value={act ?? ""}
          onChange={(event) => set({ act: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyAct") },
            ...FOUR_EYES_ACTS.map((value) => ({ value, label: t(`kind.${value}`) })),
          ]}
        />
      </search>
      <QueryView
        query={requests}
        what={t("reading")}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          isFiltered ? (
            <EmptyState
              title={t("noMatch")}
              action={
                <Button variant="default" onClick={() => set({ act: "", q: "" })}>
                  {common("clearFilters")}
                </Button>
              }
            />
          ) : (
            <EmptyState title={t(`none.${list}`)}>{t(`noneText.${list}`)}</EmptyState>
          )
        }
      >
        {({ pages }) => (
          <>
            <Requests requests={pages.flatMap(({ items }) => items)} label={t(`tab.${list}`)} />
            <ReadMore
              hasMore={requests.hasNextPage}
              busy={requests.isFetchingNextPage}
              onMore={() => void requests.fetchNextPage()}
            />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function Requests(props: { requests: readonly Approval[]; label: string }) {
  const t = useTranslations("approvals");
  const format = useFormat();
  const actText = useActText();
  const navigate = useNavigate();
  const columns = useMemo<Column<Approval>[]>(
    () => [
      {
        id: "what",
        header: () => t("what"),
        cell: ({ row }) => <span className="strong">{capitalised(actText(row.original))}</span>,
      },
      { id: "who", header: () => t("who"), cell: ({ row }) => row.original.requestedBy.name },
      {
        id: "asked",
        header: () => t("asked"),
        cell: ({ row }) => format.dateMinute(row.original.requestedMs),
      },
      { id: "until", header: () => t("until"), cell: ({ row }) => format.dateMinute(row.original.expiresMs) },
      {
        id: "decidedBy",
        header: () => t("decidedBy"),
        cell: ({ row }) => row.original.decidedBy?.name ?? "–",
      },
      { id: "state", header: () => t("stateLabel"), cell: ({ row }) => <StateTag approval={row.original} /> },
    ],
    [t, format, actText],
  );
  return (
    <DataTable
      label={props.label}
      rows={props.requests}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={({ id }) => void navigate({ to: "/approvals/$approvalId", params: { approvalId: id } })}
      phoneRow={(approval) => (
        <span className={styles.lines}>
          <span className="row row-between row-top">
            <span className="strong">{capitalised(actText(approval))}</span>
            <StateTag approval={approval} />
          </span>
          <span className="secondary small anywhere">{approval.requestedBy.name}</span>
          <span className="tertiary tiny">{format.dateMinute(approval.requestedMs)}</span>
        </span>
      )}
    />
  );
}

export function StateTag(props: { approval: Approval }) {
  const t = useTranslations("approvals.state");
  const { state } = props.approval;
  return <Tag tone={STATE_TONES[state]}>{t(state)}</Tag>;
}
