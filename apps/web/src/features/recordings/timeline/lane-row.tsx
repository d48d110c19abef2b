import type { cameras } from "@gatehouse/contract";
import { memo, useMemo } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { EventShape } from "./event-shape.tsx";
import { bucketAt, densityPath, gapsOf, reasonOf } from "./lane.ts";
import styles from "./timeline.module.css";
import type { Buckets, View } from "./view.ts";
import { spanOf, xOf } from "./view.ts";

const LANE_HEIGHT = 40;
const LINE_HEIGHT = 2;
const BARS_HEIGHT = 22;
const BARS_BASE = LANE_HEIGHT - LINE_HEIGHT - 2;
/** Why nothing is recorded is said where there is room for it. */
const LABEL_PX = 96;

/** One camera in time: how much moves, what is recorded, what happened. */
export const LaneRow = memo(function LaneRow(props: {
  camera: cameras.Camera;
  timeZone: string;
  lane: cameras.Lane | undefined;
  buckets: Buckets | undefined;
  view: View;
  width: number;
  /** Of the clock, rounded: lanes are drawn again when it changes. */
  untilMs: number;
}) {
  const t = useTranslations("recordings.timeline");
  const { camera, lane, buckets, view, width } = props;
  const bars = useMemo(() => densityPath(lane?.density ?? ""), [lane]);
  if (lane === undefined || buckets === undefined || width === 0) return <div className={styles.lane} />;
  const left = xOf(view, buckets.fromMs, width);
  const scale = (buckets.bucketMs / spanOf(view)) * width;
  const gaps = gapsOf(lane.recorded, view, props.untilMs);
  return (
    <div className={styles.lane}>
      <svg className={styles.svg} width={width} height={LANE_HEIGHT} aria-hidden="true">
        <path
          className={styles.bars}
          transform={`translate(${left} ${BARS_BASE}) scale(${scale} ${BARS_HEIGHT})`}
          d={bars}
        />
        <g transform={`translate(${left} ${LANE_HEIGHT - LINE_HEIGHT}) scale(${scale} 1)`}>
          {lane.recorded.map(([fromMs, toMs]) => (
            <rect
              key={fromMs}
              className={styles.recorded}
              x={bucketAt(buckets, fromMs)}
              width={Math.max(1 / scale, (toMs - fromMs) / buckets.bucketMs)}
              height={LINE_HEIGHT}
            />
          ))}
        </g>
        {lane.events.map(({ id, kind, startMs, endMs }) => {
          const x = xOf(view, startMs, width);
          if (x < -20 || x > width + 20) return null;
          const length = Math.max(0, xOf(view, endMs ?? props.untilMs, width) - x);
          return (
            <g key={id} data-event-ms={startMs} className={styles.event}>
              <rect className={styles.eventSpan} x={x} y={13} width={length} height={3} />
              <EventShape kind={kind} x={x} y={8} />
            </g>
          );
        })}
      </svg>
      {gaps.map((gap) => {
        const from = Math.max(0, xOf(view, gap.fromMs, width));
        const room = xOf(view, gap.toMs, width) - from;
        if (room < LABEL_PX) return null;
        return (
          <span key={gap.fromMs} className={styles.gap} style={{ left: from + 8, maxWidth: room - 16 }}>
            {t(`gap.${reasonOf(gap, camera.settings.recording, props.timeZone)}`)}
          </span>
        );
      })}
      <LaneText camera={camera} lane={lane} />
    </div>
  );
});

/** The same in words. */
function LaneText(props: { camera: cameras.Camera; lane: cameras.Lane }) {
  const t = useTranslations("recordings.timeline");
  const format = useFormat();
  const { recorded, events, more } = props.lane;
  const totalMs = recorded.reduce((sum, [fromMs, toMs]) => sum + (toMs - fromMs), 0);
  return (
    <span className="visually-hidden">
      {t("laneText", {
        name: titleOf(props.camera),
        recorded: format.duration(totalMs),
        count: events.length,
        more: more ? "yes" : "no",
      })}
    </span>
  );
}
