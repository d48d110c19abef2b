import { cameras } from "@gatehouse/contract";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCamera, IconMaximize } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, type ReactNode, type RefObject, Suspense, useRef } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { query } from "../../data/query.ts";
import { useCan, useCanAtSomeSite } from "../../data/session.ts";
import { useSelectedSite } from "../../data/site.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Pager } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useIsPhone } from "../../design/viewport.ts";
import { ArmingSwitches } from "./arming-switches.tsx";
import { CameraGrid } from "./camera-grid.tsx";
import { CameraSentence } from "./camera-sentence.tsx";
import { CameraViews } from "./camera-views.tsx";
import styles from "./cameras.module.css";
import { BoxesButton } from "./detection/boxes-switch.tsx";
import { EventsToday } from "./events-panel.tsx";
import { GRIDS, type Grid, gridFor, isGrid, LARGEST_GRID, pageStart } from "./grid-plan.ts";
import { useFullscreen } from "./use-fullscreen.ts";

const route = getRouteApi("/console/cameras/live");
const RENEW_MS = 5_000;

/** All cameras live, a page of them at a time, and what happened today. */
export function LivePage() {
  const t = useTranslations("cameras");
  const frame = useRef<HTMLElement>(null);
  const site = useSelectedSite();
  const phone = useIsPhone();
  const { grid: gridWish, offset: offsetWish } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = isGrid(gridWish) ? gridWish : undefined;
  const size = chosen ?? LARGEST_GRID;
  const offset = pageStart(offsetWish, size);
  const list = useQuery({
    ...query(cameras.listCameras, { query: given({ site: site?.id, offset: String(offset), limit: size }) }),
    refetchInterval: RENEW_MS,
    placeholderData: keepPreviousData,
  });
  const grid = chosen ?? gridFor(list.data?.total ?? 0);
  return (
    <>
      <StatusSentence
        end={
          <div className={styles.controls}>
            <CameraViews />
            {list.data !== undefined && list.data.total > 0 && (
              <>
                <BoxesButton items={list.data.items} />
                <GridChoice grid={grid} onChange={(next) => void navigate({ search: { grid: next } })} />
                {!phone && <FullScreenButton frame={frame} />}
              </>
            )}
          </div>
        }
      >
        {list.data === undefined ? t("title") : <CameraSentence {...list.data} />}
      </StatusSentence>
      <QueryView
        query={list}
        what={t("reading")}
        isEmpty={({ total }) => total === 0}
        empty={<NoCamera hasSite={site !== undefined} />}
      >
        {({ items, total }) => (
          <>
            <ArmingSwitches items={items} />
            <Wall items={items} grid={grid} siteId={site?.id} frame={frame}>
              <Pager
                offset={offset}
                limit={Number(grid)}
                total={total}
                onOffset={(next) => void navigate({ search: { grid, offset: String(next) } })}
              />
            </Wall>
            <Recent items={items} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Wall(props: {
  items: readonly cameras.Camera[];
  grid: Grid;
  siteId: string | undefined;
  frame: RefObject<HTMLElement | null>;
  children: ReactNode;
}) {
  const can = useCan();
  const hasEvents = can("recording.view");
  return (
    <div className={hasEvents ? styles.wallWithEvents : styles.wallAlone}>
      <div className={styles.wall}>
        <CameraGrid cameras={props.items} grid={props.grid} frame={props.frame} />
        {props.children}
      </div>
      {hasEvents && <EventsToday siteId={props.siteId} />}
    </div>
  );
}

const RecentLanes = lazy(() =>
  import("../recordings/timeline/recent-lanes.tsx").then(({ RecentLanes }) => ({ default: RecentLanes })),
);

/** What was recorded of them in the last hours, where there is room for it. */
function Recent(props: { items: readonly cameras.Camera[] }) {
  const can = useCan();
  const phone = useIsPhone();
  if (phone || !can("recording.view")) return null;
  return (
    <Suspense>
      <RecentLanes cameras={props.items} />
    </Suspense>
  );
}

function FullScreenButton(props: { frame: RefObject<HTMLElement | null> }) {
  const t = useTranslations("cameras.grid");
  const { toggle } = useFullscreen(props.frame);
  if (toggle === undefined) return null;
  return (
    <Tooltip label={t("full")}>
      <ActionIcon variant="default" aria-label={t("full")} onClick={toggle}>
        <IconMaximize size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function GridChoice(props: { grid: Grid; onChange: (grid: Grid) => void }) {
  const t = useTranslations("cameras.grid");
  const phone = useIsPhone();
  return (
    <Segmented
      label={t("label")}
      value={props.grid}
      onChange={props.onChange}
      options={GRIDS.map((value) => ({ value, label: phone ? value : t(value) }))}
    />
  );
}

/** How the first camera comes here. */
function NoCamera(props: { hasSite: boolean }) {
  const t = useTranslations("cameras.empty");
  const canAdd = useCanAtSomeSite()("device.write");
  return (
    <Panel>
      <EmptyState
        icon={<IconCamera size={22} stroke={1.6} />}
        title={props.hasSite ? t("elsewhere") : t("title")}
        action={
          canAdd && (
            <>
              <ButtonLink to="/devices/add" search={{ type: "esp32-cam" }}>
                {t("esp32")}
              </ButtonLink>
              <ButtonLink to="/devices/add" search={{ type: "camera" }} variant="default">
                {t("other")}
              </ButtonLink>
            </>
          )
        }
      >
        {t("text")}
      </EmptyState>
    </Panel>
  );
}
