import { devices } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { useLive } from "../../data/live.ts";
import { useLiveReading } from "../../data/live-values.ts";
import { query } from "../../data/query.ts";
import { useSelectedSite } from "../../data/site.ts";
import { Chart } from "../../design/chart.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { LiveMark } from "../../design/live-mark.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { lastReading, type MetricInfo, sentMetrics } from "../devices/metrics.ts";
import { numbersOf } from "../devices/recent.ts";
import { useMetricText } from "../devices/use-metric-text.ts";
import { useRecent } from "../devices/use-recent.ts";
import styles from "./overview.module.css";
import { type Device, pickActive } from "./pick-active.ts";

const WINDOW_MS = 300_000;
const LEDS_A_ROW = 3;
const COLOURS = ["series-2", "series-1", "series-3", "series-5"] as const;

/** Up to four thermometers that report most often, one a site first; without any, other devices with numbers. */
export function TemperaturePanel() {
  const t = useTranslations("overview.temperature");
  const site = useSelectedSite();
  const list = (type: string | undefined) =>
    query(devices.listDevices, {
      query: given({ type, site: site?.id, limit: "200", sort: "-lastSeen" }),
    });
  const thermometers = useQuery(list("thermometer"));
  const noThermometer = thermometers.data !== undefined && pickActive(thermometers.data.items).length === 0;
  const others = useQuery({ ...list(undefined), enabled: noThermometer });
  const leds = useQuery(list("led")).data?.items ?? [];
  const shown = noThermometer ? others : thermometers;
  return (
    <Panel
      title={noThermometer ? t("liveTitle") : t("title")}
      subtitle={t("window")}
      flush
      end={<LiveMark />}
      {...(leds.length > 0 && !noThermometer ? { footer: t("leds") } : {})}
    >
      <QueryView
        query={shown}
        what={t("reading")}
        isEmpty={({ items }) => pickActive(items).length === 0}
        empty={<EmptyState title={t("none")}>{t("noneText")}</EmptyState>}
      >
        {({ items }) =>
          pickActive(items).map((device, n) => (
            <Row
              key={device.id}
              device={device}
              leds={leds.filter(({ siteId }) => siteId === device.siteId).slice(0, LEDS_A_ROW)}
              colour={COLOURS[n % COLOURS.length] ?? COLOURS[0]}
            />
          ))
        }
      </QueryView>
    </Panel>
  );
}

function Row(props: { device: Device; leds: readonly Device[]; colour: string }) {
  const { device } = props;
  const metric = sentMetrics(device, "number")[0];
  return (
    <div className={styles.series}>
      <div className={styles.seriesName}>
        <Link
          to="/devices/$deviceId/{-$tab}"
          params={{ deviceId: device.id }}
          className={styles.deviceLink ?? ""}
        >
          {device.label || device.name}
        </Link>
        <p className="tertiary tiny truncate">{device.siteName}</p>
      </div>
      {metric !== undefined && (
        <Line device={device} metric={metric} colour={props.colour} leds={props.leds} />
      )}
    </div>
  );
}

function Line(props: { device: Device; metric: MetricInfo; colour: string; leds: readonly Device[] }) {
  const { device, metric, colour } = props;
  const text = useMetricText();
  const keys = useMemo(() => [metric.key], [metric.key]);
  const { columns, fromMs } = useRecent(device, keys, WINDOW_MS);
  const reading = useLiveReading(device.id, metric.key, lastReading(device, metric.key));
  const label = text.label(metric);
  const column = columns.get(metric.key);
  const series = useMemo(
    () => [{ label, colour, ...numbersOf(column, fromMs) }],
    [label, colour, column, fromMs],
  );
  return (
    <>
      <div className="grow">
        <Chart
          title={`${device.label || device.name}, ${label}`}
          series={series}
          axes={false}
          height={50}
          formatValue={text.number(metric)}
        />
      </div>
      <Leds leds={props.leds} />
      <span className={styles.seriesValue}>
        {reading === undefined ? "–" : text.value(metric, reading.value)}
      </span>
    </>
  );
}

function Leds(props: { leds: readonly Device[] }) {
  useLive({ values: props.leds.map(({ id }) => id) }, () => undefined);
  return (
    <span className={styles.leds}>
      {props.leds.map((led, n) => (
        <Led key={led.id} device={led} colour={LED_COLOURS[n % LED_COLOURS.length] ?? LED_COLOURS[0]} />
      ))}
    </span>
  );
}

const LED_COLOURS = ["var(--ok-mark)", "var(--series-4)", "var(--series-2)"] as const;

function Led(props: { device: Device; colour: string }) {
  const t = useTranslations();
  const { device } = props;
  const isOn = useLiveReading(device.id, "on", lastReading(device, "on"))?.value === true;
  const label = t("overview.temperature.led", {
    name: device.label || device.name,
    state: isOn ? t("devices.word.on") : t("devices.word.off"),
  });
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" role="img" aria-label={label}>
      <title>{label}</title>
      {isOn && <circle cx="6" cy="6" r="5.5" fill={props.colour} opacity="0.3" />}
      <circle
        cx="6"
        cy="6"
        r="4"
        fill={isOn ? props.colour : "none"}
        stroke={isOn ? props.colour : "var(--line-2)"}
      />
    </svg>
  );
}
