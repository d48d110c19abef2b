import { devices, gateways } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconRouter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan, useCanAtSomeSite } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { AssignDrawer } from "./assign-drawer.tsx";
import { GatewayTable } from "./gateway-table.tsx";
import styles from "./gateways.module.css";
import { ReadPanel, StartRead } from "./read-panel.tsx";

const PAGE = 50;
const RENEW_MS = 5_000;

/** Site gateways with what waits at their sites, who is assigned to them, and rounds of meter readings. */
export function GatewaysPage() {
  const t = useTranslations("gateways");
  const common = useTranslations("common.action");
  const can = useCan();
  const canAdd = useCanAtSomeSite()("device.write");
  const navigate = useNavigate();
  const { q = "", offset: from } = useSearch({ strict: false });
  const offset = Number(from ?? 0) || 0;
  const [assigning, setAssigning] = useState<gateways.SiteGateway>();
  const list = useQuery({
    ...query(gateways.listGateways, {
      query: { q: q.slice(0, 100), offset: String(offset), limit: String(PAGE) },
    }),
    refetchInterval: RENEW_MS,
  });
  const hasMeters = useHasMeters();
  const go = (search: Record<string, string>) => void navigate({ to: "/gateways", search, replace: true });
  const withQ = q === "" ? {} : { q };
  return (
    <>
      <StatusSentence detail={t("detail")} end={hasMeters && can("meter_read.run") && <StartRead />}>
        <Sentence list={list.data} />
      </StatusSentence>
      <search className={styles.bar} aria-label={t("search")}>
        <SearchField label={t("search")} value={q} onChange={(text) => go(text === "" ? {} : { q: text })} />
      </search>
      <Panel flush>
        <QueryView
          query={list}
          what={t("reading")}
          isEmpty={({ items }) => items.length === 0}
          empty={
            q === "" ? (
              <EmptyState
                icon={<IconRouter size={22} stroke={1.6} />}
                title={t("empty")}
                action={
                  canAdd && (
                    <ButtonLink to="/devices/add" variant="default">
                      {t("add")}
                    </ButtonLink>
                  )
                }
              >
                {t("emptyText")}
              </EmptyState>
            ) : (
              <EmptyState
                title={t("noMatch")}
                action={
                  <Button variant="default" onClick={() => go({})}>
                    {common("clearFilters")}
                  </Button>
                }
              />
            )
          }
        >
          {({ items, total }) => (
            <>
              <GatewayTable rows={items} onAssign={can("device.write") ? setAssigning : undefined} />
              <Pager
                offset={offset}
                limit={PAGE}
                total={total}
                onOffset={(next) => go({ ...withQ, ...(next === 0 ? {} : { offset: String(next) }) })}
              />
            </>
          )}
        </QueryView>
      </Panel>
      <ReadPanel />
      {assigning !== undefined && (
        <AssignDrawer gateway={assigning} onClose={() => setAssigning(undefined)} />
      )}
    </>
  );
}

function Sentence(props: { list: { readonly items: readonly gateways.SiteGateway[] } | undefined }) {
  const t = useTranslations("gateways");
  const { list } = props;
  if (list === undefined) return t("title");
  if (list.items.length === 0) return t("none");
  const connected = list.items.filter((one) => one.connected).length;
  return t("sentence", { connected, away: list.items.length - connected });
}

function useHasMeters(): boolean {
  const facets = useQuery(query(devices.deviceFacets, { query: {} })).data;
  return (facets?.type.meter ?? 0) > 0;
}
