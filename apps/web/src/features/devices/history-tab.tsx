import { type devices, type ReplyOf, telemetry } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { IconChartLine, IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { urlOf } from "../../data/client.ts";
import { seriesKey } from "../../data/live-values.ts";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Chart } from "../../design/chart.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import filterStyles from "./devices.module.css";
import { type MetricInfo, metricsOf } from "./metrics.ts";
import { useMetricText } from "./use-metric-text.ts";

type History = ReplyOf<typeof telemetry.getHistory>["items"][number];
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const SPANS_MS = { h1: HOUR_MS, h24: 24 * HOUR_MS, d7: 168 * HOUR_MS, d30: 720 * HOUR_MS } as const;
type Preset = keyof typeof SPANS_MS;
/** The range moves on once a minute. */
const STEP_MS = 60_000;

/** Every series of the device over a range, at the resolution the server chose, and the raw readings to take away. */
export function HistoryTab(props: { device: devices.Device }) {
  const t = useTranslations("devices.history");
  const nowMs = useNow(STEP_MS);
  const [preset, setPreset] = useState<Preset | "custom">("h1");
  const [custom, setCustom] = useState<Range>({ fromMs: nowMs - SPANS_MS.h24, toMs: nowMs });
  const range = preset === "custom" ? custom : { fromMs: nowMs - SPANS_MS[preset], toMs: nowMs };
  const { device } = props;
  const metrics = metricsOf(device).filter(({ key }) => device.last.some(({ metric }) => metric === key));
  const series = metrics.map(({ key }) => seriesKey(device.id, key));
  const history = useQuery({
    ...query(telemetry.getHistory, { body: { series, ...range, maxPoints: 1_000 } }),
    enabled: series.length > 0 && range.toMs > range.fromMs,
    placeholderData: keepPreviousData,
  });
  if (series.length === 0) {
    return (
      <Panel>
        <EmptyState icon={<IconChartLine size={22} stroke={1.6} />} title={t("none")}>
          {t("noneText")}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <div className="stack">
      <div className={filterStyles.bar}>
        <Segmented
          label={t("range")}
          value={preset}
          onChange={setPreset}
          options={(["h1", "h24", "d7", "d30", "custom"] as const).map((value) => ({
            value,
            label: t(value),
          }))}
        />
        {preset === "custom" && <CustomRange range={custom} onChange={setCustom} />}
        <Exports series={series} range={range} />
      </div>
      <QueryView query={history} what={t("reading")}>
        {({ items }) => <Items items={items} metrics={metrics} device={device} />}
      </QueryView>
    </div>
  );
}

/** `datetime-local` holds the browser's own time; its value is cut from the ISO form shifted by the offset. */
function localInput(atMs: number): string {
  const date = new Date(atMs);
  return new Date(atMs - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function CustomRange(props: { range: Range; onChange: (range: Range) => void }) {
  const t = useTranslations("devices.history");
  const { range, onChange } = props;
  const edit = (key: keyof Range) => (event: { currentTarget: { value: string } }) => {
    const atMs = new Date(event.currentTarget.value).getTime();
    if (!Number.isNaN(atMs)) onChange({ ...range, [key]: atMs });
  };
  return (
    <>
      <TextInput
        type="datetime-local"
        aria-label={t("from")}
        value={localInput(range.fromMs)}
        onChange={edit("fromMs")}
      />
      <TextInput
        type="datetime-local"
        aria-label={t("to")}
        value={localInput(range.toMs)}
        onChange={edit("toMs")}
        error={range.toMs <= range.fromMs}
      />
    </>
  );
}

function Exports(props: { series: readonly string[]; range: Range }) {
  const t = useTranslations("devices.history");
  const can = useCan();
  if (!can("telemetry.export")) return null;
  const url = (format: "csv" | "json") =>
    urlOf(telemetry.exportTelemetry, {
      query: {
        format,
        series: props.series.join(","),
        from: props.range.fromMs,
        to: props.range.toMs,
      },
    });
  return (
    <span className="row push-end" title={t("exportText")}>
      {(["csv", "json"] as const).map((format) => (
        <Button
          key={format}
          component="a"
          href={url(format)}
          download
          variant="default"
          leftSection={<IconDownload size={14} />}
        >
          {t(format)}
        </Button>
      ))}
    </span>
  );
}

function Items(props: { items: readonly History[]; metrics: readonly MetricInfo[]; device: devices.Device }) {
  const t = useTranslations("devices.history");
  const conflicts = props.items.reduce((sum, item) => sum + item.conflicts, 0);
  return (
    <>
      {conflicts > 0 && (
        <p className="warn small" role="status">
          {t("conflicts", { count: conflicts })}
        </p>
      )}
      {props.metrics.map((metric) => {
        const item = props.items.find(({ ref }) => ref === seriesKey(props.device.id, metric.key));
        if (item === undefined) return null;
        return metric.kind === "number" ? (
          <NumberHistory key={metric.key} metric={metric} item={item} />
        ) : (
          <StateHistory key={metric.key} metric={metric} item={item} />
        );
      })}
    </>
  );
}

const RESOLUTION_TEXT = { raw: "raw", "1m": "m1", "1h": "h1" } as const;

function NumberHistory(props: { metric: MetricInfo; item: History }) {
  const t = useTranslations("devices.history");
  const text = useMetricText();
  const { metric, item } = props;
  const label = text.label(metric);
  const ranged = item.min !== undefined && item.max !== undefined;
  return (
    <Panel
      title={label}
      subtitle={t(`resolution.${RESOLUTION_TEXT[item.resolution]}`)}
      flush
      {...(item.truncated ? { footer: t("truncated") } : {})}
    >
      <div className={styles.plot}>
        <Chart
          title={label}
          height={168}
          formatValue={text.number(metric)}
          window={{ fromMs: item.fromMs, toMs: item.toMs }}
          series={[
            {
              label,
              colour: "series-1",
              t: item.t,
              v: item.v,
              ...(ranged ? { low: item.min ?? [], high: item.max ?? [] } : {}),
            },
          ]}
        />
      </div>
    </Panel>
  );
}

const SHOWN_CHANGES = 20;

function StateHistory(props: { metric: MetricInfo; item: History }) {
  const t = useTranslations("devices.history");
  const format = useFormat();
  const text = useMetricText();
  const { metric, item } = props;
  const changes = item.t
    .map((tMs, n) => ({ tMs, value: item.s?.[n] ?? "", before: item.s?.[n - 1] }))
    .filter(({ value, before }) => value !== before)
    .reverse();
  return (
    <Panel title={text.label(metric)} subtitle={t("changes")}>
      {changes.length === 0 ? (
        <p className="tertiary small">{t("noChange")}</p>
      ) : (
        <ul className={`${styles.topics} small num`}>
          {changes.slice(0, SHOWN_CHANGES).map(({ tMs, value }) => (
            <li key={tMs}>
              {t("changedTo", { value: text.value(metric, value), time: format.dateTime(tMs) })}
            </li>
          ))}
          {changes.length > SHOWN_CHANGES && (
            <li className="tertiary">{t("more", { count: changes.length - SHOWN_CHANGES })}</li>
          )}
        </ul>
      )}
    </Panel>
  );
}
