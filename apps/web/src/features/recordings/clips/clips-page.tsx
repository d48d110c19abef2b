import { cameras } from "@gatehouse/contract";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { given } from "../../../data/given.ts";
import { call, query } from "../../../data/query.ts";
import { useSelectedSite } from "../../../data/site.ts";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ReadMore } from "../../../design/pager.tsx";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { StatusSentence } from "../../../design/status-sentence.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { CameraViews } from "../../cameras/camera-views.tsx";
import styles from "../recordings.module.css";
import { CLIP_KEYS, type ClipSearch, clipFilter } from "./clip-filter.ts";
import { ClipTable } from "./clip-table.tsx";

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
  const set = (change: ClipSearch) => {
    const next = Object.entries({ ...search, ...change }).filter(
      ([key, value]) => (CLIP_KEYS as readonly string[]).includes(key) && value !== "" && value !== undefined,
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
      <Panel title={t("title")} subtitle={t("subtitle")} flush>
        <Filters search={search} siteId={site?.id} hasFilter={hasFilter} onSet={set} />
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
              <ClipTable events={pages.flatMap(({ items }) => items)} />
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

function Filters(props: {
  search: ClipSearch;
  siteId: string | undefined;
  hasFilter: boolean;
  onSet: (change: ClipSearch) => void;
}) {
  const t = useTranslations("recordings.clips");
  const kinds = useTranslations("recordings.timeline.kind");
  const common = useTranslations("common.action");
  const { search, onSet } = props;
  const list = useQuery(query(cameras.listCameras, { query: given({ site: props.siteId, limit: "200" }) }));
  const none = Object.fromEntries(CLIP_KEYS.map((key) => [key, ""])) as ClipSearch;
  return (
    <search className={styles.bar} aria-label={t("filter")}>
      <NativeSelect
        aria-label={t("camera")}
        value={search.camera ?? ""}
        onChange={(event) => onSet({ camera: event.currentTarget.value })}
        data={[
          { value: "", label: t("anyCamera") },
          ...(list.data?.items ?? []).map((camera) => ({ value: camera.id, label: titleOf(camera) })),
        ]}
      />
      <NativeSelect
        aria-label={t("kind")}
        value={search.kind ?? ""}
        onChange={(event) => onSet({ kind: event.currentTarget.value })}
        data={[
          { value: "", label: t("anyKind") },
          ...cameras.CAMERA_EVENT_KINDS.map((kind) => ({ value: kind, label: kinds(kind) })),
        ]}
      />
      <TextInput
        type="date"
        aria-label={t("from")}
        value={search.from ?? ""}
        onChange={(event) => onSet({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        aria-label={t("to")}
        value={search.to ?? ""}
        onChange={(event) => onSet({ to: event.currentTarget.value })}
      />
      {props.hasFilter && (
        <Button variant="default" onClick={() => onSet(none)}>
          {common("clearFilters")}
        </Button>
      )}
    </search>
  );
}
