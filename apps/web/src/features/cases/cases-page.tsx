import { cases } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CameraViews } from "../cameras/camera-views.tsx";
import styles from "../recordings/recordings.module.css";
import { CaseDrawer } from "./case-drawer.tsx";

type Case = cases.Case;
const PAGE = 50;

/** Cases of the organisation, the last changed first. */
export function CasesPage() {
  const t = useTranslations("cases");
  const navigate = useNavigate();
  const can = useCan();
  const search = useSearch({ strict: false });
  const [isOpening, setIsOpening] = useState(false);
  const offset = Number(search.offset ?? 0) || 0;
  const state = cases.CASE_STATES.find((one) => one === search.state);
  const filter = given({ q: search.q || undefined, state });
  const list = useQuery(
    query(cases.listCases, { query: { ...filter, offset: String(offset), limit: String(PAGE) } }),
  );
  const open = useQuery(query(cases.listCases, { query: { state: "open", limit: "1" } }));
  const set = (next: { q?: string | undefined; state?: string | undefined; offset?: string }) =>
    void navigate({
      to: "/cameras/cases",
      search: given({ q: search.q || undefined, state: search.state, ...next }),
      replace: true,
      resetScroll: false,
    });
  const show = ({ id }: Case) => void navigate({ to: "/cameras/cases/$caseId", params: { caseId: id } });
  const make = can("case.write") && <Button onClick={() => setIsOpening(true)}>{t("open")}</Button>;
  const hasFilter = Object.keys(filter).length > 0;
  return (
    <>
      <StatusSentence detail={t("page.detail")} end={<CameraViews />}>
        {open.data === undefined ? t("page.title") : t("page.sentence", { count: open.data.total })}
      </StatusSentence>
      <Panel title={t("page.title")} subtitle={t("page.subtitle")} end={make} flush>
        <search className={styles.bar} aria-label={t("page.filter")}>
          <SearchField
            label={t("page.find")}
            value={search.q ?? ""}
            onChange={(q) => set({ q: q === "" ? undefined : q })}
          />
          <NativeSelect
            aria-label={t("page.state")}
            value={state ?? ""}
            onChange={({ currentTarget: { value } }) => set({ state: value === "" ? undefined : value })}
            data={[
              { value: "", label: t("page.any") },
              ...cases.CASE_STATES.map((one) => ({ value: one, label: t(`state.${one}`) })),
            ]}
          />
        </search>
        <QueryView
          query={list}
          what={t("page.reading")}
          isEmpty={({ items }) => items.length === 0}
          empty={
            hasFilter ? (
              <EmptyState title={t("page.noMatch")} />
            ) : (
              <EmptyState title={t("page.none")} action={make}>
                {t("page.noneText")}
              </EmptyState>
            )
          }
        >
          {({ items, total }) => (
            <>
              <CaseTable cases={items} onOpen={show} />
              <Pager
                offset={offset}
                limit={PAGE}
                total={total}
                onOffset={(next) => set({ offset: String(next) })}
              />
            </>
          )}
        </QueryView>
      </Panel>
      {isOpening && <CaseDrawer onClose={() => setIsOpening(false)} onSaved={show} />}
    </>
  );
}

function CaseTable(props: { cases: readonly Case[]; onOpen: (one: Case) => void }) {
  const t = useTranslations("cases");
  const format = useFormat();
  const columns = useMemo<Column<Case>[]>(
    () => [
      {
        id: "number",
        header: () => t("case"),
        cell: ({ row }) => <span className="num strong">{cases.caseName(row.original.number)}</span>,
      },
      { id: "title", header: () => t("title"), cell: ({ row }) => row.original.title },
      { id: "holds", header: () => t("holds"), cell: ({ row }) => <Holds one={row.original} /> },
      {
        id: "changed",
        header: () => t("changed"),
        cell: ({ row }) => format.dateMinute(row.original.changedMs),
      },
      { id: "state", header: () => t("page.state"), cell: ({ row }) => <CaseState one={row.original} /> },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("page.title")}
      rows={props.cases}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={props.onOpen}
      phoneRow={(one) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{cases.caseName(one.number)}</span>
            <CaseState one={one} />
          </span>
          <span>{one.title}</span>
          <span className="tertiary tiny">
            <Holds one={one} />
          </span>
        </span>
      )}
    />
  );
}

export function CaseState(props: { one: Pick<Case, "state"> }) {
  const t = useTranslations("cases.state");
  const { state } = props.one;
  return <Tag tone={state === "open" ? "accent" : "neutral"}>{t(state)}</Tag>;
}

function Holds(props: { one: Case }) {
  const t = useTranslations("cases");
  const { clips, devices, notes, people } = props.one.counts;
  const parts = [
    clips === 0 ? "" : t("clipCount", { count: clips }),
    notes === 0 ? "" : t("noteCount", { count: notes }),
    devices + people === 0 ? "" : t("thingCount", { count: devices + people }),
  ];
  return <span>{parts.filter((part) => part !== "").join(" · ")}</span>;
}
