import type { alerts } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { IconBellCheck, IconBellOff } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { StatusLink, StatusSentence } from "../../design/status-sentence.tsx";
import { AlertDrawer } from "./alert-drawer.tsx";
import { AlertTable } from "./alert-table.tsx";
import styles from "./alerts.module.css";
import { SEVERITIES } from "./severity.tsx";
import { type AlertFilter, useAlertList } from "./use-alert-list.ts";

interface Search {
  readonly state?: string;
  readonly severity?: string;
  readonly device?: string;
  readonly q?: string;
  readonly alert?: string;
}

/** What rules have raised: open first, resolved on request. Opening one is never an acknowledgement. */
export function AlertsPage() {
  const t = useTranslations("alerts");
  const can = useCan();
  const navigate = useNavigate();
  const search: Search = useSearch({ strict: false });
  const set = (change: { [K in keyof Search]: string | undefined }) =>
    void navigate({
      to: "/alerts",
      search: cleaned({ ...search, ...change }),
      replace: !("alert" in change),
    });
  const filter = filterOf(search);
  const { list, steady, showWaiting, open } = useAlertList(filter);
  return (
    <>
      <StatusSentence
        detail={t("detail")}
        end={
          can("rule.read") && (
            <ButtonLink to="/alerts/rules" variant="default">
              {t("toRules")}
            </ButtonLink>
          )
        }
      >
        {list.data === undefined ? (
          t("title")
        ) : (
          <StatusLink to="/alerts" search={{}} tone={open === 0 ? "plain" : "warn"}>
            {t("sentence", { count: open })}
          </StatusLink>
        )}
      </StatusSentence>
      <Filters search={search} onChange={set} />
      <Panel flush>
        <QueryView
          query={list}
          what={t("reading")}
          isEmpty={() => steady !== undefined && steady.rows.length === 0 && steady.waiting === 0}
          empty={<Empty filter={filter} onClear={() => void navigate({ to: "/alerts", search: {} })} />}
        >
          {() => (
            <>
              {steady !== undefined && steady.waiting > 0 && (
                <Waiting count={steady.waiting} onShow={showWaiting} />
              )}
              <AlertTable rows={steady?.rows ?? []} onOpen={(id) => set({ alert: id })} />
              <ReadMore
                hasMore={list.hasNextPage}
                busy={list.isFetchingNextPage}
                onMore={() => void list.fetchNextPage()}
              />
            </>
          )}
        </QueryView>
      </Panel>
      {search.alert !== undefined && (
        <AlertDrawer key={search.alert} id={search.alert} onClose={() => set({ alert: undefined })} />
      )}
    </>
  );
}

function cleaned(search: { [K in keyof Search]: string | undefined }): Record<string, string> {
  const kept = Object.entries(search).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, value] as const],
  );
  return Object.fromEntries(kept);
}

const isSeverity = (text: string | undefined): text is alerts.Severity =>
  (SEVERITIES as readonly (string | undefined)[]).includes(text);

/** The address as the list understands it: open alerts unless told. */
function filterOf({ state, severity, device, q }: Search): AlertFilter {
  return {
    ...(state === "all" ? {} : { state: state === "resolved" ? "resolved" : "open" }),
    ...(isSeverity(severity) ? { severity } : {}),
    ...(device !== undefined && /^[0-9a-f-]{36}$/.test(device) ? { device } : {}),
    ...(q === undefined ? {} : { q }),
  };
}

function Filters(props: {
  search: Search;
  onChange: (change: { [K in keyof Search]: string | undefined }) => void;
}) {
  const t = useTranslations("alerts");
  const { search, onChange } = props;
  const state = search.state === "resolved" || search.state === "all" ? search.state : "open";
  return (
    <search className={styles.bar} aria-label={t("filter.label")}>
      <Segmented
        label={t("filter.state")}
        value={state}
        options={(["open", "resolved", "all"] as const).map((value) => ({
          value,
          label: t(`filter.${value}`),
        }))}
        onChange={(value) => onChange({ state: value === "open" ? undefined : value })}
      />
      <NativeSelect
        aria-label={t("filter.severity")}
        value={search.severity ?? ""}
        onChange={(event) => onChange({ severity: event.currentTarget.value })}
        data={[
          { value: "", label: t("filter.anySeverity") },
          ...SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) })),
        ]}
      />
      <SearchField label={t("filter.search")} value={search.q ?? ""} onChange={(q) => onChange({ q })} />
      {search.device !== undefined && (
        <Button variant="default" onClick={() => onChange({ device: undefined })}>
          {t("filter.allDevices")}
        </Button>
      )}
    </search>
  );
}

function Waiting(props: { count: number; onShow: () => void }) {
  const t = useTranslations("common.live");
  return (
    <div className={styles.waiting} role="status">
      <Button variant="default" onClick={props.onShow}>
        {t("waiting", { count: props.count })}
      </Button>
    </div>
  );
}

function Empty(props: { filter: AlertFilter; onClear: () => void }) {
  const t = useTranslations("alerts");
  const common = useTranslations("common.action");
  const { state, ...others } = props.filter;
  if (Object.keys(others).length > 0) {
    return (
      <EmptyState
        icon={<IconBellOff size={22} stroke={1.6} />}
        title={t("noMatch")}
        action={
          <Button variant="default" onClick={props.onClear}>
            {common("clearFilters")}
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={<IconBellCheck size={22} stroke={1.6} />}
      title={t(state === "open" ? "empty.open" : "empty.title")}
    >
      {t("empty.text")}
    </EmptyState>
  );
}
