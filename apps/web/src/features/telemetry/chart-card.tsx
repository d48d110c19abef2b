import type { telemetry } from "@gatehouse/contract";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconPencil, IconX } from "@tabler/icons-react";
import { memo, type ReactNode, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Chart, type ChartSeries } from "../../design/chart.tsx";
import { Panel } from "../../design/panel.tsx";
import type { PlotArea } from "../../design/plot.ts";
import { ChartLegend } from "./chart-legend.tsx";
import { type ChartParts, partsOf } from "./chart-parts.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { useValueText } from "./series-text.ts";
import { StateLanes } from "./state-lanes.tsx";
import styles from "./telemetry.module.css";
import { fitTrack, type Track } from "./tracks.ts";

/** Stable between renders; `index` is the chart's place. */
export interface ChartActs {
  move(index: number, by: -1 | 1): void;
  edit(index: number): void;
  remove(index: number): void;
}

export interface ChartCardProps {
  plan: ChartPlan;
  infos: readonly (telemetry.Series | undefined)[];
  tracks: readonly (Track | undefined)[];
  fromMs: number;
  toMs: number;
  height: number;
  index: number;
  count: number;
  /** Absent where the person may not change it. */
  acts?: ChartActs | undefined;
}

/** Renders again only when one of its own tracks moved: the window alone is no reason. */
export const ChartCard = memo(Card, (before, after) => {
  const keys = ["plan", "height", "index", "count", "acts"] as const;
  if (keys.some((key) => before[key] !== after[key])) return false;
  return sameItems(before.tracks, after.tracks) && sameItems(before.infos, after.infos);
});

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, n) => item === b[n]);

function Card(props: ChartCardProps) {
  const t = useTranslations("telemetry.chart");
  const locale = useLocale();
  const { plan, infos, tracks } = props;
  const parts = partsOf(infos);
  const names = infos.flatMap((info) => (info === undefined ? [] : [info.label[locale]]));
  const title = plan.title !== "" ? plan.title : [...new Set(names)].join(", ");
  return (
    <Panel
      title={title === "" ? t("untitled") : title}
      end={
        props.acts === undefined ? undefined : (
          <Acts acts={props.acts} index={props.index} count={props.count} title={title} />
        )
      }
    >
      <ChartLegend infos={infos} refs={plan.series} />
      <Drawing {...props} parts={parts} title={title} />
      {parts.leftOut.length > 0 && (
        <p className={styles.note} role="status">
          <span className="warn">
            {t("leftOut", {
              names: parts.leftOut.map((info) => `${info.deviceName}, ${info.label[locale]}`).join("; "),
            })}
          </span>
        </p>
      )}
      <Notes tracks={tracks} />
    </Panel>
  );
}

/** The lines with an axis for each unit, the states below them on the same time. */
function Drawing(props: ChartCardProps & { parts: ChartParts; title: string }) {
  const locale = useLocale();
  const valueText = useValueText();
  const [area, setArea] = useState<PlotArea>();
  const { plan, infos, tracks, parts, fromMs, toMs } = props;
  const series = parts.lines.flatMap(({ index, right }): ChartSeries[] => {
    const info = infos[index];
    const track = tracks[index];
    if (track === undefined || info === undefined) return [];
    const { t: instants, v, low, high } = fitTrack(track, fromMs, toMs);
    const label = `${info.deviceName}, ${info.label[locale]}`;
    const range = low === undefined || high === undefined ? {} : { low, high };
    return [{ t: instants, v, ...range, right, label, colour: `series-${index + 1}` }];
  });
  const lanes = parts.states.flatMap((index) => {
    const info = infos[index];
    const track = tracks[index];
    return track === undefined || info === undefined ? [] : [{ info, track, colour: `series-${index + 1}` }];
  });
  const alone = parts.lines.length === 0;
  return (
    <>
      {!alone && (
        <Chart
          title={props.title}
          series={series}
          height={props.height}
          min={plan.min}
          max={plan.max}
          formatValue={(value, { right, step }) =>
            valueText.axis(value, parts.units[right ? 1 : 0] ?? "", step)
          }
          onArea={(next) => setArea((before) => (isSame(before, next) ? before : next))}
        />
      )}
      {lanes.length > 0 && (
        <StateLanes lanes={lanes} fromMs={fromMs} toMs={toMs} area={alone ? undefined : area} />
      )}
    </>
  );
}

const isSame = (a: PlotArea | undefined, b: PlotArea): boolean =>
  a !== undefined && a.left === b.left && a.width === b.width;

/** Apart from the readings: four buttons with tooltips cost more to render than the lines. */
const Acts = memo(function Acts(props: { acts: ChartActs; index: number; count: number; title: string }) {
  const t = useTranslations("telemetry.chart");
  const { acts, index, title } = props;
  const button = (label: string, icon: ReactNode, onClick: () => void, disabled = false) => (
    <Tooltip label={label}>
      <ActionIcon size={26} aria-label={`${label}: ${title}`} disabled={disabled} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <>
      {button(t("earlier"), <IconArrowLeft size={15} />, () => acts.move(index, -1), index === 0)}
      {button(t("later"), <IconArrowRight size={15} />, () => acts.move(index, 1), index === props.count - 1)}
      {button(t("edit"), <IconPencil size={15} />, () => acts.edit(index))}
      {button(t("remove"), <IconX size={15} />, () => acts.remove(index))}
    </>
  );
});

/** What each point stands for, and what the picture leaves out. */
function Notes(props: { tracks: readonly (Track | undefined)[] }) {
  const t = useTranslations("telemetry.chart");
  const known = props.tracks.flatMap((track) => (track === undefined ? [] : [track]));
  const numbers = known.filter(({ isState }) => !isState);
  const resolution = numbers[0]?.resolution ?? known[0]?.resolution;
  const conflicts = known.reduce((sum, track) => sum + track.conflicts, 0);
  if (resolution === undefined) return null;
  return (
    <p className={styles.note}>
      {t(`resolution.${RESOLUTION[resolution]}`)}
      {known.some(({ truncated }) => truncated) && ` ${t("truncated")}`}
      {conflicts > 0 && <span className="warn"> {t("conflicts", { count: conflicts })}</span>}
    </p>
  );
}

const RESOLUTION = { raw: "raw", "1m": "minute", "1h": "hour" } as const;
