import type { cameras } from "@gatehouse/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { type MouseEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../../data/now.ts";
import { useSites } from "../../../data/site.ts";
import { Panel } from "../../../design/panel.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { LaneRow } from "./lane-row.tsx";
import { NowLine } from "./lines.tsx";
import { Ruler } from "./ruler.tsx";
import styles from "./timeline.module.css";
import { Legend } from "./tools.tsx";
import { useLanes } from "./use-lanes.ts";
import { useWidth } from "./use-width.ts";
import { timeAt, viewEndingNow } from "./view.ts";

const SPAN_MS = 6 * 3_600_000;
const STEP_MS = 10_000;

/** The last hours of cameras that are watched live; a click plays that time. */
export function RecentLanes(props: { cameras: readonly cameras.Camera[] }) {
  const t = useTranslations("recordings.timeline");
  const title = useTranslations("cameras")("title");
  const format = useFormat();
  const navigate = useNavigate();
  const sites = useSites();
  const nowMs = useNow(STEP_MS);
  const view = viewEndingNow(SPAN_MS, nowMs);
  const [measure, width] = useWidth();
  const [track, setTrack] = useState<HTMLElement | null>(null);
  const lanes = useLanes(
    props.cameras.map(({ id }) => id),
    view,
    width,
    nowMs,
  );
  const play = (event: MouseEvent) => {
    const x = event.clientX - (track?.getBoundingClientRect().left ?? 0);
    const target = event.target instanceof Element ? event.target : undefined;
    const lane = target?.closest<HTMLElement>("[data-lane]")?.dataset.lane;
    const mark = target?.closest("[data-event-ms]")?.getAttribute("data-event-ms");
    const atMs = Math.round(mark ? Number(mark) : Math.min(nowMs, timeAt(view, x, width)));
    void navigate({
      to: "/cameras/playback",
      search: { at: String(atMs), ...(lane === undefined ? {} : { cameras: lane }) },
    });
  };
  return (
    <Panel title={t("title")} subtitle={format.longDate(nowMs)} flush end={<Legend />}>
      <div className={styles.columns}>
        <div className={styles.names}>
          <div className={styles.corner}>{title}</div>
          {props.cameras.map((camera) => (
            <Link
              key={camera.id}
              to="/cameras/playback"
              search={{ cameras: camera.id }}
              className={styles.nameLink ?? ""}
            >
              <span className="truncate">{titleOf(camera)}</span>
            </Link>
          ))}
        </div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the names beside it lead to the same place by keys */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
        <div
          ref={(element) => {
            setTrack(element);
            measure(element);
          }}
          className={`${styles.track} ${styles.still}`}
          onClick={play}
        >
          <div className={styles.ruler}>
            <Ruler view={view} width={width} />
          </div>
          {props.cameras.map((camera) => (
            <div key={camera.id} data-lane={camera.id}>
              <LaneRow
                camera={camera}
                timeZone={sites?.find(({ id }) => id === camera.siteId)?.timeZone ?? format.timeZone}
                lane={lanes.data?.byCamera.get(camera.id)}
                buckets={lanes.data?.buckets}
                view={view}
                width={width}
                untilMs={nowMs}
              />
            </div>
          ))}
          <NowLine view={view} width={width} nowMs={nowMs} />
        </div>
      </div>
    </Panel>
  );
}
