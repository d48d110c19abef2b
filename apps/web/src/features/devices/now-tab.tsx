import type { devices } from "@gatehouse/contract";
import { IconChartLine } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import type { LiveValue } from "../../data/live-values.ts";
import { Chart } from "../../design/chart.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { LiveMark } from "../../design/live-mark.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CredentialsSummary } from "./credentials-summary.tsx";
import styles from "./device.module.css";
import { LastValue } from "./last-value.tsx";
import { LiveLog } from "./live-log.tsx";
import { type MetricInfo, sentMetrics } from "./metrics.ts";
import { type Column, numbersOf } from "./recent.ts";
import { RefusalsPanel } from "./refusals-panel.tsx";
import { StateLanes } from "./state-lanes.tsx";
import { TrustPanel } from "./trust-panel.tsx";
import { useMetricText } from "./use-metric-text.ts";
import { useRecent } from "./use-recent.ts";

type Columns = ReadonlyMap<string, Column<LiveValue>>;

const SPAN_MS = { minutes: 300_000, day: 86_400_000 } as const;
/** A device that speaks less often has too little to show in five minutes. */
const SLOW_INTERVAL_MS = 120_000;
const SMALL_CHARTS = 6;

/** The last five minutes, moving; of a slow device the last day. */
export function NowTab(props: { device: devices.Device }) {
  const { device } = props;
  const t = useTranslations("devices.now.span");
  const length = device.intervalMs >= SLOW_INTERVAL_MS ? "day" : "minutes";
  const span = t(length);
  const keys = device.last.map(({ metric }) => metric).join(" ");
  const metrics = useMemo(() => (keys === "" ? [] : keys.split(" ")), [keys]);
  const recent = useRecent(device, metrics, SPAN_MS[length]);
  const numbers = sentMetrics(device, "number");
  const states = sentMetrics(device, "boolean");
  return (
    <div className={styles.columns}>
      <div className="stack">
        {(numbers.length > 0 || states.length === 0) && (
          <Numbers device={device} metrics={numbers} recent={recent} span={span} />
        )}
        {states.length > 0 && (
          <StateLanes
            device={device}
            metrics={states}
            columns={recent.columns}
            fromMs={recent.fromMs}
            toMs={recent.toMs}
            span={span}
          />
        )}
        <LogPanel device={device} />
      </div>
      <div className="stack">
        <TrustPanel device={device} />
        <CredentialsSummary device={device} />
        <RefusalsPanel deviceId={device.id} />
        <Texts device={device} columns={recent.columns} />
      </div>
    </div>
  );
}

function Numbers(props: {
  device: devices.Device;
  metrics: readonly MetricInfo[];
  recent: ReturnType<typeof useRecent>;
  /** How long the window is, in words. */
  span: string;
}) {
  const t = useTranslations("devices.now");
  const format = useFormat();
  const text = useMetricText();
  const { device, recent, span } = props;
  const [main, ...others] = props.metrics;
  if (main === undefined) {
    return (
      <Panel>
        <EmptyState icon={<IconChartLine size={22} stroke={1.6} />} title={t("noReading")}>
          {t("noReadingText")}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={text.label(main)}
      subtitle={`${t("live", { span })}, ${t("every", { interval: format.duration(device.intervalMs) })}`}
      flush
      end={
        <>
          <LiveMark />
          <Figure device={device} metric={main} column={recent.columns.get(main.key)} />
        </>
      }
    >
      <QueryView query={recent.history} what={t("reading", { span })}>
        {() => (
          <>
            <div className={styles.plot}>
              <MainChart metric={main} columns={recent.columns} fromMs={recent.fromMs} />
            </div>
            {others.length > 0 && (
              <div className={styles.smalls}>
                {others.slice(0, SMALL_CHARTS).map((metric, n) => (
                  <Small
                    key={metric.key}
                    metric={metric}
                    column={recent.columns.get(metric.key)}
                    fromMs={recent.fromMs}
                    colour={`series-${((n + 2) % 6) + 1}`}
                  />
                ))}
              </div>
            )}
          </>
        )}
      </QueryView>
    </Panel>
  );
}

/** The newest value, large; greyed when the device is not online. */
function Figure(props: {
  device: devices.Device;
  metric: MetricInfo;
  column: Column<LiveValue> | undefined;
}) {
  const text = useMetricText();
  const value = props.column?.v.at(-1);
  if (value === undefined) return <LastValue device={props.device} />;
  const old = props.device.status !== "online";
  return (
    <span className={`${styles.figure} ${old ? styles.old : ""}`}>{text.value(props.metric, value)}</span>
  );
}

function MainChart(props: { metric: MetricInfo; columns: Columns; fromMs: number }) {
  const text = useMetricText();
  const { metric, columns, fromMs } = props;
  const column = columns.get(metric.key);
  const label = text.label(metric);
  const series = useMemo(
    () => [{ label, colour: "series-2", ...numbersOf(column, fromMs) }],
    [column, fromMs, label],
  );
  return <Chart title={label} series={series} height={176} formatValue={text.number(metric)} />;
}

function Small(props: {
  metric: MetricInfo;
  column: Column<LiveValue> | undefined;
  fromMs: number;
  colour: string;
}) {
  const text = useMetricText();
  const { metric, column, fromMs, colour } = props;
  const label = text.label(metric);
  const series = useMemo(
    () => [{ label, colour, ...numbersOf(column, fromMs) }],
    [column, fromMs, label, colour],
  );
  const value = column?.v.at(-1);
  return (
    <div className={styles.small}>
      <div className={styles.smallHead}>
        <span className="secondary small truncate">{label}</span>
        <span className="strong nowrap">{value === undefined ? "–" : text.value(metric, value)}</span>
      </div>
      <Chart title={label} series={series} axes={false} height={46} formatValue={text.number(metric)} />
    </div>
  );
}

/** Values that are words: shown as they are. */
function Texts(props: { device: devices.Device; columns: Columns }) {
  const t = useTranslations("devices.now");
  const text = useMetricText();
  const words = sentMetrics(props.device, "string");
  if (words.length === 0) return null;
  return (
    <Panel title={t("text")}>
      <dl className="facts">
        {words.map((metric) => (
          <div key={metric.key} style={{ display: "contents" }}>
            <dt>{text.label(metric)}</dt>
            <dd>{String(props.columns.get(metric.key)?.v.at(-1) ?? "–")}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function LogPanel(props: { device: devices.Device }) {
  const t = useTranslations("devices.now");
  return (
    <Panel
      title={t("log")}
      subtitle={t("newest")}
      flush
      end={
        <Link
          to="/devices/$deviceId/{-$tab}"
          params={{ deviceId: props.device.id, tab: "log" }}
          className="link small"
        >
          {t("openLog")}
        </Link>
      }
    >
      <LiveLog deviceId={props.device.id} />
    </Panel>
  );
}
