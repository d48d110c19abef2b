import { accounts, ROLE_NAMES } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { isNumberText } from "./number-text.ts";
import styles from "./people.module.css";

type Entry = accounts.PersonEntry;
type State = accounts.PersonState;

const PAGE = 50;
const RENEW_MS = 15_000;
const STATES = ["waiting", "active", "disabled", "rejected", "erased"] as const satisfies State[];
const STATE_TONES: Record<State, Tone> = {
  waiting: "warn",
  active: "neutral",
  disabled: "danger",
  rejected: "neutral",
  erased: "neutral",
};

/** Everybody with an account, those who wait for a decision first to be found. */
export function PeoplePanel() {
  const t = useTranslations("people");
  const common = useTranslations("common.action");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const state = STATES.find((one) => one === search.state);
  const role = ROLE_NAMES.find((one) => one === search.role);
  const offset = Number(search.offset ?? 0) || 0;
  const filter = {
    ...(search.who === undefined ? {} : { q: search.who.slice(0, 254) }),
    ...(state === undefined ? {} : { state }),
    ...(role === undefined ? {} : { role }),
  };
  const set = (change: Record<string, string>) => {
    const next = { who: search.who ?? "", state: state ?? "", role: role ?? "", ...change };
    const kept = Object.entries(next).filter(([, value]) => value !== "" && value !== "0");
    void navigate({ to: "/people", search: Object.fromEntries(kept), replace: true, resetScroll: false });
  };
  const people = useQuery({
    ...query(accounts.listPeople, { query: { ...filter, offset: String(offset), limit: String(PAGE) } }),
    placeholderData: keepPreviousData,
    refetchInterval: RENEW_MS,
  });
  const [number, setNumber] = useState("");
  const mayFind = useCan()("people.approve");
  const found = useQuery({
    ...query(accounts.findPeople, { body: { number } }),
    enabled: number !== "" && mayFind,
  });
  const type = (text: string) => {
    const next = isNumberText(text) ? text : "";
    setNumber(next);
    set({ who: next === "" ? text : "" });
  };
  const clear = () => {
    setNumber("");
    set({ who: "", state: "", role: "" });
  };
  const nobody = (
    <EmptyState
      title={t("nobody")}
      action={
        <Button variant="default" onClick={clear}>
          {common("clearFilters")}
        </Button>
      }
    />
  );
  const waiting = people.data?.counts.waiting ?? 0;
  return (
    <Panel title={t("people")} {...(waiting > 0 ? { subtitle: t("waiting", { count: waiting }) } : {})} flush>
      <search className={styles.bar} aria-label={t("filter")}>
        <SearchField label={t("search")} value={number || (search.who ?? "")} onChange={type} />
        <NativeSelect
          aria-label={t("stateLabel")}
          value={state ?? ""}
          onChange={(event) => set({ state: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyState") },
            ...STATES.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
        />
        <NativeSelect
          aria-label={t("roleLabel")}
          value={role ?? ""}
          onChange={(event) => set({ role: event.currentTarget.value })}
          data={[
            { value: "", label: t("anyRole") },
            ...ROLE_NAMES.map((value) => ({ value, label: t(`role.${value}`) })),
          ]}
        />
      </search>
      {number !== "" && !mayFind && nobody}
      {number !== "" && mayFind && (
        <QueryView
          query={found}
          what={t("readingPeople")}
          isEmpty={({ items }) => items.length === 0}
          empty={nobody}
        >
          {({ items }) => <People entries={items} />}
        </QueryView>
      )}
      {number === "" && (
        <QueryView
          query={people}
          what={t("readingPeople")}
          isEmpty={({ items }) => items.length === 0}
          empty={nobody}
        >
          {({ items, total }) => (
            <>
              <People entries={items} />
              <Pager
                offset={offset}
                limit={PAGE}
                total={total}
                onOffset={(to) => set({ offset: String(to) })}
              />
            </>
          )}
        </QueryView>
      )}
    </Panel>
  );
}

function People(props: { entries: readonly Entry[] }) {
  const t = useTranslations("people");
  const format = useFormat();
  const navigate = useNavigate();
  const columns = useMemo<Column<Entry>[]>(() => {
    const lastLogin = ({ lastLoginMs }: Entry) =>
      lastLoginMs === undefined ? t("never") : format.dateMinute(lastLoginMs);
    return [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong">{row.original.name || t("state.erased")}</span>,
      },
      {
        id: "email",
        header: () => t("email"),
        cell: ({ row }) => <span className="anywhere">{row.original.email}</span>,
      },
      { id: "role", header: () => t("roleLabel"), cell: ({ row }) => t(`role.${row.original.role}`) },
      { id: "state", header: () => t("stateLabel"), cell: ({ row }) => <StateTag entry={row.original} /> },
      { id: "login", header: () => t("lastLogin"), cell: ({ row }) => lastLogin(row.original) },
      { id: "created", header: () => t("since"), cell: ({ row }) => format.date(row.original.createdMs) },
    ];
  }, [t, format]);
  return (
    <DataTable
      label={t("people")}
      rows={props.entries}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={({ id }) => void navigate({ to: "/people/$personId", params: { personId: id } })}
      phoneRow={(entry) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{entry.name || t("state.erased")}</span>
            <StateTag entry={entry} />
          </span>
          <span className="secondary small anywhere">{entry.email}</span>
          <span className="tertiary tiny">{t(`role.${entry.role}`)}</span>
        </span>
      )}
    />
  );
}

export function StateTag(props: { entry: Entry }) {
  const t = useTranslations("people.state");
  const { state } = props.entry;
  return <Tag tone={STATE_TONES[state]}>{t(state)}</Tag>;
}
