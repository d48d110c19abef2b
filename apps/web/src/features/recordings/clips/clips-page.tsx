import { cameras } from "@gatehouse/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../../data/given.ts";
import { call } from "../../../data/query.ts";
import { useSelectedSite } from "../../../data/site.ts";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ReadMore } from "../../../design/pager.tsx";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { Segmented } from "../../../design/segmented.tsx";
import { StatusSentence } from "../../../design/status-sentence.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { CameraViews } from "../../cameras/camera-views.tsx";
import { ClipCards } from "./clip-cards.tsx";
import { CLIP_KEYS, type ClipSearch, clipFilter } from "./clip-filter.ts";
import { ClipFilters } from "./clip-filters.tsx";
import { ClipTable } from "./clip-table.tsx";
import { CollectClips } from "./collecting.tsx";

const PAGE = "50";
const RENEW_MS = 5_000;

/** What happened before cameras, newest first, each with the picture that shows it best. */
export function ClipsPage() {
  const t = useTranslations("recordings.clips");
  const format = useFormat();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const site = useSelectedSite();
  const filter = clipFilter(search, format.timeZone);
  const isGrid = search.view === "grid";
  const set = (change: ClipSearch & { readonly view?: string }) => {
    const next = Object.entries({ ...search, ...change }).filter(
      ([key, value]) =>
        [...CLIP_KEYS, "view"].some((one) => one === key) && value !== "" && value !== undefined,
    );
    void navigate({
      to: "/cameras/clips",
      search: Object.fromEntries(next),
      replace: true,
      resetScroll: false,
    });
  };
  const { path, method } = cameras.listCameraEvents;
  const events = useInfiniteQuery({
    queryKey: [path, method, filter, site?.id, "pages"],
    queryFn: ({ pageParam, signal }) => {
      const where = given({ site: site?.id, before: pageParam });
      return call(cameras.listCameraEvents, { query: { ...filter, limit: PAGE, ...where } }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ items }) => {
      const last = items.at(-1);
      return last === undefined || items.length < Number(PAGE) ? undefined : `${last.startMs}.${last.id}`;
    },
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? RENEW_MS : false),
  });
  const total = events.data?.pages[0]?.total;
  const hasFilter = Object.keys(filter).length > 0;
  return (
    <>
      <StatusSentence end={<CameraViews />}>
        {total === undefined ? t("title") : t(hasFilter ? "matching" : "sentence", { count: total })}
      </StatusSentence>
      <Panel
        title={t("title")}
        subtitle={t("subtitle")}
        end={
          <Segmented
            label={t("view")}
            value={isGrid ? "grid" : "list"}
            options={[
              { value: "list", label: t("views.list") },
              { value: "grid", label: t("views.grid") },
            ]}
            onChange={(view) => set({ view: view === "grid" ? view : "" })}
          />
        }
        flush
      >
        <ClipFilters search={search} siteId={site?.id} hasFilter={hasFilter} onSet={set} />
        <QueryView
          query={events}
          what={t("reading")}
          isEmpty={({ pages }) => pages[0]?.items.length === 0}
          empty={
            <EmptyState title={t(hasFilter ? "noMatch" : "none")}>
              {hasFilter ? undefined : t("noneText")}
            </EmptyState>
          }
        >
          {({ pages }) => (
            <>
              <ClipList Events={isGrid ? ClipCards : ClipTable} pages={pages} />
              <ReadMore
                hasMore={events.hasNextPage}
                busy={events.isFetchingNextPage}
                onMore={() => void events.fetchNextPage()}
              />
            </>
          )}
        </QueryView>
      </Panel>
    </>
  );
}

function ClipList(props: {
  Events: typeof ClipCards | typeof ClipTable;
  pages: readonly { readonly items: readonly cameras.CameraEvent[] }[];
}) {
  const { Events, pages } = props;
  const events = useMemo(() => pages.flatMap(({ items }) => items), [pages]);
  return (
    <CollectClips events={events}>
      <Events events={events} />
    </CollectClips>
  );
}
