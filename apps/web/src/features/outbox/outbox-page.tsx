import { alerts } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call, query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { DeliveryDrawer } from "./delivery-drawer.tsx";
import { DELIVERY_STATES, DeliveryTable } from "./delivery-table.tsx";
import styles from "./outbox.module.css";

const PAGE = "50";
const RENEW_MS = 10_000;

/** Messages to people: what was sent, what waits, what was given up. */
export function OutboxPage() {
  const t = useTranslations("outbox");
  const common = useTranslations("common.action");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const [openId, setOpenId] = useState<string>();
  const state = DELIVERY_STATES.find((one) => one === search.state);
  const filter = {
    ...(state === undefined ? {} : { state }),
    ...(search.q === undefined ? {} : { q: search.q.slice(0, 100) }),
  };
  const list = useInfiniteQuery({
    queryKey: [alerts.listDeliveries.path, alerts.listDeliveries.method, filter],
    queryFn: ({ pageParam, signal }) => {
      const asked = { ...filter, limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return call(alerts.listDeliveries, { query: asked }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: RENEW_MS,
  });
  const counts = list.data?.pages[0]?.counts ?? {};
  const countOf = (...states: readonly string[]) => states.reduce((sum, one) => sum + (counts[one] ?? 0), 0);
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const set = (change: Record<string, string>) => {
    const next = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== "");
    void navigate({ to: "/outbox", search: Object.fromEntries(next), replace: true });
  };
  const opened = rows.find(({ id }) => id === openId);
  return (
    <>
      <StatusSentence detail={t("detail")}>
        {list.data === undefined
          ? t("title")
          : t("sentence", {
              count: countOf("queued", "sending", "retrying", "held", "capped"),
              failed: countOf("dead"),
            })}
      </StatusSentence>
      <NoChannel />
      <search className={styles.bar} aria-label={t("filter")}>
        <NativeSelect
          aria-label={t("stateLabel")}
          value={state ?? ""}
          onChange={(event) => set({ state: event.currentTarget.value })}
          data={[
            { value: "", label: t("any") },
            ...DELIVERY_STATES.map((value) => ({
              value,
              label: t("withCount", { state: t(`state.${value}`), count: String(counts[value] ?? 0) }),
            })),
          ]}
        />
        <SearchField label={t("search")} value={search.q ?? ""} onChange={(q) => set({ q })} />
      </search>
      <Panel flush>
        <QueryView
          query={list}
          what={t("reading")}
          isEmpty={() => rows.length === 0}
          empty={
            Object.keys(filter).length === 0 ? (
              <EmptyState icon={<IconMail size={22} stroke={1.6} />} title={t("empty")}>
                {t("emptyText")}
              </EmptyState>
            ) : (
              <EmptyState
                title={t("noMatch")}
                action={
                  <Button variant="default" onClick={() => void navigate({ to: "/outbox", search: {} })}>
                    {common("clearFilters")}
                  </Button>
                }
              />
            )
          }
        >
          {() => (
            <>
              <DeliveryTable rows={rows} onOpen={setOpenId} />
              <ReadMore
                hasMore={list.hasNextPage}
                busy={list.isFetchingNextPage}
                onMore={() => void list.fetchNextPage()}
              />
            </>
          )}
        </QueryView>
      </Panel>
      {opened !== undefined && <DeliveryDrawer delivery={opened} onClose={() => setOpenId(undefined)} />}
    </>
  );
}

function NoChannel() {
  const t = useTranslations("outbox");
  const can = useCan();
  const channels = useQuery({ ...query(alerts.listChannels, {}), enabled: can("channel.read") }).data;
  if (channels === undefined || channels.items.some(({ enabled }) => enabled)) return null;
  return (
    <div className={styles.banner} role="status">
      <span className="strong warn">{t("held")}</span>
      {can("channel.write") && (
        <ButtonLink to="/settings/$section" params={{ section: "notifications" }} variant="default">
          {t("toChannels")}
        </ButtonLink>
      )}
    </div>
  );
}
