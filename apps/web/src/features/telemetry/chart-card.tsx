import type { telemetry } from "@gatehouse/contract";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconPencil, IconX } from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Chart, type ChartSeries } from "../../design/chart.tsx";
import { Panel } from "../../design/panel.tsx";
import { ChartLegend } from "./chart-legend.tsx";
import type { ChartPlan } from "./chart-plan.ts";
import { useValueText } from "./series-text.ts";
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
  const valueText = useValueText();
  const { plan, infos, tracks } = props;
  const names = infos.flatMap((info) => (info === undefined ? [] : [info]));
  const title =
    plan.title !== "" ? plan.title : [...new Set(names.map((info) => info.label[locale]))].join(", ");
  const series = tracks.flatMap((track, n): ChartSeries[] => {
    const info = infos[n];
    if (track === undefined || info === undefined) return [];
    const { t: instants, v, low, high, isState } = fitTrack(track, props.fromMs, props.toMs);
    const label = `${info.deviceName}, ${info.label[locale]}`;
    const range = low === undefined || high === undefined ? {} : { low, high };
    return [{ t: instants, v, ...range, stepped: isState, label, colour: `series-${n + 1}` }];
  });
  const sameUnit = new Set(names.map(({ unit }) => unit)).size === 1 ? names[0] : undefined;
  const onlyState =
    tracks.length > 0 && tracks.every((track) => track?.isState === true) ? tracks[0] : undefined;
  return (
    <Panel
      title={title === "" ? t("untitled") : title}
      end={props.acts === undefined ? undefined : <Acts {...props} acts={props.acts} title={title} />}
    >
      <ChartLegend infos={infos} tracks={tracks} refs={plan.series} />
      <Chart
        title={title}
        series={series}
        height={props.height}
        min={plan.min}
        max={plan.max}
        formatValue={(value) =>
          onlyState === undefined ? valueText.axis(value, sameUnit) : valueText.state(value, onlyState)
        }
      />
      <Notes tracks={tracks} />
    </Panel>
  );
}

function Acts(props: { acts: ChartActs; index: number; count: number; title: string }) {
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
}

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
