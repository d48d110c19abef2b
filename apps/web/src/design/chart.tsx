import { ActionIcon, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { useTranslations } from "use-intl";
import type { Format } from "../i18n/format.ts";
import { useFormat } from "../i18n/provider.tsx";
import styles from "./chart.module.css";
import { alignSeries, type Points, summarise } from "./chart-data.ts";
import { ChartTable } from "./chart-table.tsx";
import type { ChartLook, ChartText, FormatValue, PlotArea } from "./plot.ts";

/** A token of tokens.css without its dashes: "series-1", "danger-mark". */
export type ColourToken = string;

export interface ChartSeries extends Points {
  readonly label: string;
  readonly colour: ColourToken;
  /** Draw steps instead of slopes: for states and set points. */
  readonly stepped?: boolean;
  /** Measured against the axis at the right, for a second unit. */
  readonly right?: boolean;
  /** Lowest and highest of each point of a rollup: a tinted area around the line. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface ChartProps {
  /** What is measured; begins the text for screen readers. */
  title: string;
  series: readonly ChartSeries[];
  /** With its unit: `(value) => format.quantity(value, "°C")`. */
  formatValue: FormatValue;
  height?: number;
  /** Without axes it is a small picture beside a figure, and has no table button. */
  axes?: boolean;
  /** Usual range, tinted. */
  band?: { readonly low: number; readonly high: number; readonly colour: ColourToken };
  markers?: readonly { readonly atMs: number; readonly label: string; readonly colour: ColourToken }[];
  /** Fixed time window; without it the data's own. */
  window?: { readonly fromMs: number; readonly toMs: number };
  /** Ends of the left value axis that hold whatever the data. */
  min?: number | undefined;
  max?: number | undefined;
  /** Hears where the lines are drawn (px from the start of the chart), for what has to stand below them. */
  onArea?: (area: PlotArea) => void;
}

/** Lines over time on canvas. New points are drawn as steps, never tweened; a theme change draws anew. */
export function Chart(props: ChartProps) {
  const [asTable, setAsTable] = useState(false);
  const axes = props.axes !== false;
  const height = props.height ?? 180;
  return (
    <figure className={styles.figure}>
      {asTable ? (
        <ChartTable
          title={props.title}
          series={props.series}
          formatValue={props.formatValue}
          height={height}
        />
      ) : (
        <Plot {...props} height={height} axes={axes} />
      )}
      {axes && <TableToggle asTable={asTable} onChange={setAsTable} />}
    </figure>
  );
}

/** Apart from the data, so that a new reading does not render it. */
const TableToggle = memo(function TableToggle(props: {
  asTable: boolean;
  onChange: (asTable: boolean) => void;
}) {
  const t = useTranslations("common.chart");
  const label = props.asTable ? t("showChart") : t("showTable");
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={styles.toggle}
        size={24}
        aria-label={label}
        onClick={() => props.onChange(!props.asTable)}
      >
        {props.asTable ? <IconChartLine size={15} /> : <IconTable size={15} />}
      </ActionIcon>
    </Tooltip>
  );
});

function Plot(props: ChartProps & { height: number; axes: boolean }) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme();
  const format = useFormat();
  const summary = useChartSummary(props);
  const data = useMemo(() => alignSeries(withRanges(props.series)), [props.series]);

  const look: ChartLook = {
    axes: props.axes,
    height: props.height,
    series: props.series.map(({ label, colour, stepped, right, low }) => ({
      label,
      colour,
      stepped: stepped === true,
      right: right === true,
      ranged: low !== undefined,
    })),
    band: props.band,
    markers: props.markers ?? [],
    window: props.window,
    min: props.min,
    max: props.max,
  };
  const lookKey = JSON.stringify(look);
  const latest = useRef({ look, data, props, format });
  latest.current = { look, data, props, format };

  // biome-ignore lint/correctness/useExhaustiveDependencies: lookKey and scheme say when to draw anew; the rest is read from `latest`
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const text: ChartText = {
      value: (value, at) => latest.current.props.formatValue(value, at),
      clock: (atMs, spanMs) => clockLabel(latest.current.format, atMs, spanMs),
      onArea: (area) => latest.current.props.onArea?.(area),
    };
    const resize = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.look.height }),
    );
    let gone = false;
    void import("./plot.ts").then(({ createPlot }) => {
      if (gone) return;
      plot.current = createPlot(element, latest.current.look, latest.current.data, text);
      resize.observe(element);
    });
    return () => {
      gone = true;
      resize.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lookKey, scheme, format]);

  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data]);

  return (
    <div>
      <div ref={holder} className={styles.plot} style={{ height: props.height }} aria-hidden="true" />
      <p className="visually-hidden">{summary}</p>
    </div>
  );
}

/** Seconds under a quarter of an hour, minutes under a day, else the date. */
function clockLabel(format: Format, atMs: number, spanMs: number): string {
  if (spanMs < 15 * 60_000) return format.clock(atMs);
  return spanMs <= 26 * 3_600_000 ? format.clockMinute(atMs) : format.date(atMs);
}

/** Every series, and the lowest and highest of those that have them, in the order `plot.ts` expects. */
function withRanges(series: readonly ChartSeries[]): Points[] {
  return series.flatMap((one) =>
    one.low !== undefined && one.high !== undefined
      ? [one, { t: one.t, v: one.high }, { t: one.t, v: one.low }]
      : [one],
  );
}

function useChartSummary(props: ChartProps): string {
  const t = useTranslations("common.chart");
  const format = useFormat();
  return props.series
    .map((series) => {
      const summary = summarise(series);
      if (summary === undefined) return t("empty", { title: props.title });
      return t("summary", {
        title: props.title,
        label: series.label,
        count: summary.count,
        low: props.formatValue(summary.low, { right: series.right === true }),
        high: props.formatValue(summary.high, { right: series.right === true }),
        last: props.formatValue(summary.last, { right: series.right === true }),
        time: format.clock(summary.lastMs),
      });
    })
    .join(" ");
}
