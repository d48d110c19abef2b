import { devices } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconFilterOff, IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { useLive } from "../../data/live.ts";
import { query } from "../../data/query.ts";
import { useCanAtSomeSite } from "../../data/session.ts";
import { useSelectedSite } from "../../data/site.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusLink, StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { DeviceFilters, type Facets, isStatus } from "./device-filters.tsx";
import { DeviceTable, sortOf, sortText } from "./device-table.tsx";

const route = getRouteApi("/console/devices");
const PAGE_SIZE = 50;

type DeviceSort = (typeof devices.DEVICE_SORTS)[number];
const isSort = (text: string | undefined): text is DeviceSort =>
  (devices.DEVICE_SORTS as readonly (string | undefined)[]).includes(text);

export function DevicesPage() {
  const t = useTranslations("devices");
  const site = useSelectedSite();
  const facets = useQuery(query(devices.deviceFacets, { query: given({ site: site?.id }) }));
  return (
    <>
      <StatusSentence end={<AddButton />}>
        {facets.data === undefined ? t("title") : <Sentence facets={facets.data} />}
      </StatusSentence>
      <QueryView
        query={facets}
        what={t("reading")}
        isEmpty={({ total }) => total === 0}
        empty={
          <Panel>
            <EmptyState
              icon={<IconPlugConnected size={22} stroke={1.6} />}
              title={t("empty.title")}
              action={<AddButton />}
            >
              {t("empty.text")}
            </EmptyState>
          </Panel>
        }
      >
        {(data) => <Inventory facets={data} siteId={site?.id} />}
      </QueryView>
    </>
  );
}

function AddButton() {
  const t = useTranslations("devices");
  const canAdd = useCanAtSomeSite()("device.write");
  if (!canAdd) return null;
  return (
    <ButtonLink to="/devices/add" leftSection={<IconPlus size={15} />}>
      {t("add")}
    </ButtonLink>
  );
}

/** "48 devices: 46 online, 2 stale." Its parts filter the list. */
function Sentence(props: { facets: Facets }) {
  const t = useTranslations("devices.sentence");
  const format = useFormat();
  const { total, status } = props.facets;
  const part = (name: "online" | "stale" | "offline") => {
    const count = status[name] ?? 0;
    if (count === 0) return null;
    return (
      <span key={name}>
        {", "}
        <StatusLink to="/devices" search={{ status: name }} tone={name === "online" ? "plain" : "warn"}>
          {t(name, { count: format.number(count) })}
        </StatusLink>
      </span>
    );
  };
  return (
    <>
      <StatusLink to="/devices">{t("total", { count: total })}</StatusLink>
      {part("online")}
      {part("stale")}
      {part("offline")}.
    </>
  );
}

function Inventory(props: { facets: Facets; siteId: string | undefined }) {
  const t = useTranslations();
  const format = useFormat();
  const navigate = route.useNavigate();
  const { q, type, status, tag, quarantined, sort: sortWish, offset: offsetWish } = route.useSearch();
  const sort = isSort(sortWish) ? sortWish : "name";
  const offset = Number.parseInt(offsetWish ?? "0", 10) || 0;
  const list = useQuery({
    ...query(devices.listDevices, {
      query: given({
        q,
        type,
        tag,
        sort,
        status: isStatus(status) ? status : undefined,
        quarantined: quarantined === "true" ? quarantined : undefined,
        site: props.siteId,
        offset: String(offset),
        limit: String(PAGE_SIZE),
      }),
    }),
    placeholderData: keepPreviousData,
  });
  useLive({ values: list.data?.items.map(({ id }) => id) ?? [] }, () => undefined);

  const change = (part: Record<string, string | undefined>) =>
    void navigate({
      search: (before) => given({ ...before, offset: undefined, ...part }),
      replace: "q" in part,
    });
  const clear = () => void navigate({ search: given({ sort: sortWish }) });
  return (
    <>
      <DeviceFilters
        values={given({ q, type, status, tag, quarantined })}
        facets={props.facets}
        onChange={change}
        onClear={clear}
      />
      <Panel flush>
        <QueryView
          query={list}
          what={t("devices.reading")}
          isEmpty={(data) => data.items.length === 0}
          empty={
            <EmptyState
              icon={<IconFilterOff size={22} stroke={1.6} />}
              title={t("devices.noMatch.title")}
              action={
                <Button variant="default" onClick={clear}>
                  {t("common.action.clearFilters")}
                </Button>
              }
            >
              {t("devices.noMatch.text", { count: format.number(props.facets.total) })}
            </EmptyState>
          }
        >
          {(data) => (
            <>
              <DeviceTable
                rows={data.items}
                sort={sortOf(sort)}
                onSort={(next) => change({ sort: sortText(next) })}
              />
              <Pager
                offset={offset}
                limit={PAGE_SIZE}
                total={data.total}
                onOffset={(next) => change({ offset: next === 0 ? undefined : String(next) })}
              />
            </>
          )}
        </QueryView>
      </Panel>
    </>
  );
}
