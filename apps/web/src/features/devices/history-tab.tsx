import { type devices, type ReplyOf, telemetry, trust } from "@gatehouse/contract";
import { IconChartLine } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../data/live.ts";
import { seriesKey } from "../../data/live-values.ts";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Chart } from "../../design/chart.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { RangeControl } from "../../design/range-control.tsx";
import { DEFAULT_RANGE, windowOf } from "../../design/time-range.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { ExportButtons } from "../telemetry/export-buttons.tsx";
import styles from "./device.module.css";
import filterStyles from "./devices.module.css";
import { type MetricInfo, metricsOf } from "./metrics.ts";
import { useMetricText } from "./use-metric-text.ts";

type History = ReplyOf<typeof telemetry.getHistory>["items"][number];
/** The range moves on once a minute. */
const STEP_MS = 60_000;

/** Every series of the device over a range, at the resolution the server chose, and the raw readings to take away. */
export function HistoryTab(props: { device: devices.Device }) {
  const t = useTranslations("devices.history");
  const nowMs = useNow(STEP_MS);
  const can = useCan();
  const [range, setRange] = useState(DEFAULT_RANGE);
  const { fromMs, toMs } = windowOf(range, nowMs);
  const { device } = props;
  const metrics = metricsOf(device).filter(({ key }) => device.last.some(({ metric }) => metric === key));
  const series = metrics.map(({ key }) => seriesKey(device.id, key));
  const history = useQuery({
    ...query(telemetry.getHistory, { body: { series, fromMs, toMs, maxPoints: 1_000 } }),
    enabled: series.length > 0,
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
        <RangeControl range={range} nowMs={() => liveHub.nowMs()} onRange={setRange} />
        {can("telemetry.export") && <ExportButtons refs={series} range={range} />}
      </div>
      <QueryView query={history} what={t("reading")}>
        {({ items }) => <Items items={items} metrics={metrics} device={device} />}
      </QueryView>
    </div>
  );
}

type Suspicion = trust.DeviceTrust["suspicions"][number];

/** Where readings of the window begin to count as suspect, and where they cease to. */
function useSuspicionMarkers(suspicions: readonly Suspicion[], { fromMs, toMs }: History) {
  const t = useTranslations("devices.history");
  return suspicions
    .filter((one) => one.fromMs < toMs && (one.untilMs ?? toMs) > fromMs)
    .flatMap((one) => [
      { atMs: Math.max(one.fromMs, fromMs), label: t("suspect"), colour: "warn-mark" as const },
      ...(one.untilMs === undefined || one.untilMs > toMs
        ? []
        : [{ atMs: one.untilMs, label: t("believed"), colour: "ok-mark" as const }]),
    ]);
}

function Items(props: { items: readonly History[]; metrics: readonly MetricInfo[]; device: devices.Device }) {
  const t = useTranslations("devices.history");
  const { data } = useQuery(query(trust.getDeviceTrust, { params: { id: props.device.id } }));
  const suspicions = data?.suspicions ?? [];
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
          <NumberHistory key={metric.key} metric={metric} item={item} suspicions={suspicions} />
        ) : (
          <StateHistory key={metric.key} metric={metric} item={item} />
        );
      })}
    </>
  );
}

const RESOLUTION_TEXT = { raw: "raw", "1m": "m1", "1h": "h1" } as const;

function NumberHistory(props: { metric: MetricInfo; item: History; suspicions: readonly Suspicion[] }) {
  const t = useTranslations("devices.history");
  const text = useMetricText();
  const { metric, item } = props;
  const label = text.label(metric);
  const markers = useSuspicionMarkers(props.suspicions, item);
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
          markers={markers}
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
