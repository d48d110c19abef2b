import type { devices } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { useTranslations } from "use-intl";
import type { LiveValue } from "../../data/live-values.ts";
import { useCan } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { CommandSwitch } from "./command-switch.tsx";
import styles from "./device.module.css";
import { lastReading, type MetricInfo, switchOf } from "./metrics.ts";
import { type Column, changesIn, stretchesOf } from "./recent.ts";
import { useMetricText } from "./use-metric-text.ts";

const COLOURS = ["var(--ok-mark)", "var(--series-4)", "var(--series-2)", "var(--series-3)"] as const;

/** One bar a state: coloured while it was on. States that a command changes carry their switch. */
export function StateLanes(props: {
  device: devices.Device;
  metrics: readonly MetricInfo[];
  columns: ReadonlyMap<string, Column<LiveValue>>;
  fromMs: number;
  toMs: number;
  /** How long the window is, in words. */
  span: string;
}) {
  const t = useTranslations("devices.now");
  const can = useCan();
  const { device, span } = props;
  const type = findDeviceType(device.typeId);
  const switchable = can("device.command") && device.revokedMs === undefined;
  const anySwitch = switchable && props.metrics.some(({ key }) => switchOf(type, key) !== undefined);
  return (
    <Panel
      title={t("states")}
      subtitle={anySwitch ? t("statesSwitch", { span }) : t("statesText", { span })}
      flush
    >
      {props.metrics.map((metric, n) => {
        const column = withLast(props.columns.get(metric.key), lastReading(device, metric.key));
        const command = switchable ? switchOf(type, metric.key) : undefined;
        return (
          <div key={metric.key} className={styles.lane}>
            <Lane
              metric={metric}
              column={column}
              fromMs={props.fromMs}
              toMs={props.toMs}
              span={span}
              colour={COLOURS[n % COLOURS.length] ?? COLOURS[0]}
            />
            {command !== undefined && (
              <CommandSwitch
                deviceId={device.id}
                metric={metric}
                command={command}
                isOn={column.v.at(-1) === true}
              />
            )}
          </div>
        );
      })}
    </Panel>
  );
}

/** A state older than the window is not in the recent history, but it still holds. */
function withLast(
  column: Column<LiveValue> | undefined,
  last: { value: LiveValue; tsMs: number } | undefined,
): Column<LiveValue> {
  if (column !== undefined && column.t.length > 0) return column;
  return last === undefined ? { t: [], v: [] } : { t: [last.tsMs], v: [last.value] };
}

function Lane(props: {
  metric: MetricInfo;
  column: Column<LiveValue>;
  fromMs: number;
  toMs: number;
  span: string;
  colour: string;
}) {
  const t = useTranslations("devices.now");
  const text = useMetricText();
  const { metric, column, fromMs, toMs } = props;
  const name = text.label(metric);
  const now = column.v.at(-1);
  const value = now === undefined ? t("unknown") : text.value(metric, now);
  return (
    <>
      <span className={styles.laneName}>{name}</span>
      <svg
        className={styles.track}
        viewBox="0 0 1000 12"
        preserveAspectRatio="none"
        role="img"
        aria-label={t("lane", { name, value, count: changesIn(column, fromMs), span: props.span })}
      >
        {stretchesOf(column, fromMs, toMs).map(({ from, to }) => (
          <rect key={from} x={from * 1_000} width={(to - from) * 1_000} height="12" fill={props.colour} />
        ))}
      </svg>
      <span className={styles.laneValue}>{value}</span>
    </>
  );
}
