import type { devices } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useLiveDeviceStatus, useLiveReading } from "../../data/live-values.ts";
import { useNow } from "../../data/now.ts";
import { DeviceState } from "../../design/device-state.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { lastReading, mainMetric } from "./metrics.ts";
import { useMetricText } from "./use-metric-text.ts";

type Device = devices.Device;

/** Ages under this are "now": readings a second apart would only flicker. */
const NOW_MS = 3_000;

/** The device's state, kept live. */
export function LiveState(props: { device: Device }) {
  return <DeviceState status={useLiveDeviceStatus(props.device.id, props.device.status)} />;
}

/** The main value, live; greyed when the device is not online. */
export function LastValue(props: { device: Device }) {
  const { device } = props;
  const text = useMetricText();
  const metric = mainMetric(device);
  const status = useLiveDeviceStatus(device.id, device.status);
  const reading = useLiveReading(device.id, metric?.key ?? "", lastReading(device, metric?.key ?? ""));
  if (metric === undefined || reading === undefined) return <span className="tertiary">–</span>;
  return (
    <span className={status === "online" ? "strong" : "tertiary"}>{text.value(metric, reading.value)}</span>
  );
}

/** When the device was last heard, as an age. */
export function LastSeen(props: { device: Device }) {
  const { device } = props;
  const metric = mainMetric(device)?.key ?? "";
  const reading = useLiveReading(device.id, metric, lastReading(device, metric));
  return <Ago atMs={latest(device.lastSeenMs, reading?.tsMs)} />;
}

const latest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : Math.max(a, b ?? a);

/** An instant as its age: "now", "2 min ago", then the date. "never" without one. */
export function Ago(props: { atMs: number | undefined }) {
  const since = useSince();
  return <span className="nowrap">{since(props.atMs)}</span>;
}

/** The age of an instant in words, renewed each second. */
export function useSince(): (atMs: number | undefined) => string {
  const t = useTranslations("devices");
  const format = useFormat();
  const nowMs = useNow();
  return (atMs) => {
    if (atMs === undefined) return t("never");
    return nowMs - atMs < NOW_MS ? t("justNow") : format.since(atMs, nowMs);
  };
}
