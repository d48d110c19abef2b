import type { devices } from "@gatehouse/contract";
import { type DeviceType, findDeviceType, type Label } from "@gatehouse/device-types";

/** What is known about one metric of one device. */
export interface MetricInfo {
  readonly key: string;
  readonly kind: "number" | "boolean" | "string";
  readonly unit: string;
  readonly decimals: number;
  readonly label: Label;
}

type MetricSource = Pick<devices.Device, "typeId" | "metrics" | "last">;

const isKind = (kind: string): kind is MetricInfo["kind"] =>
  kind === "number" || kind === "boolean" || kind === "string";

/** The kind as announced; of one that is not known, what the value is. */
const kindOf = (kind: string, value: unknown): MetricInfo["kind"] => {
  if (isKind(kind)) return kind;
  return typeof value === "boolean" ? "boolean" : "string";
};

const decimalsOf = (value: unknown): number =>
  typeof value === "number" && !Number.isInteger(value) ? 1 : 0;

/** The type's metrics, then those the device announced, then those it simply sends: each once, in that order. */
export function metricsOf(device: MetricSource): readonly MetricInfo[] {
  const known = new Map<string, MetricInfo>();
  for (const { key, kind, unit, decimals, label } of findDeviceType(device.typeId)?.metrics ?? []) {
    known.set(key, { key, kind, unit, decimals: decimals ?? 1, label });
  }
  for (const { key, kind, unit, decimals, label } of device.metrics) {
    if (known.has(key)) continue;
    known.set(key, {
      key,
      kind: kindOf(kind, device.last.find(({ metric }) => metric === key)?.value),
      unit,
      decimals: decimals ?? 1,
      label,
    });
  }
  for (const { metric: key, value } of device.last) {
    if (known.has(key)) continue;
    const kind = kindOf(typeof value, value);
    known.set(key, { key, kind, unit: "", decimals: decimalsOf(value), label: { en: key, fr: key } });
  }
  return [...known.values()];
}

/** The metric that stands for the device in a list: the first of its type's that it has sent. */
export function mainMetric(device: MetricSource): MetricInfo | undefined {
  const metrics = metricsOf(device);
  return metrics.find(({ key }) => device.last.some(({ metric }) => metric === key)) ?? metrics[0];
}

/** Metrics of one kind that the device has sent. */
export const sentMetrics = (device: MetricSource, kind: MetricInfo["kind"]): readonly MetricInfo[] =>
  metricsOf(device).filter(
    (metric) => metric.kind === kind && device.last.some((last) => last.metric === metric.key),
  );

/** The last value read with the device; the live one replaces it. */
export function lastReading(device: MetricSource, metric: string) {
  const last = device.last.find((one) => one.metric === metric);
  return last === undefined ? undefined : { value: last.value, tsMs: last.tsMs };
}

/** The command and the parameter that switch a metric of this type, if any. */
export function switchOf(
  type: DeviceType | undefined,
  metric: string,
): { key: string; param: string } | undefined {
  const command = type?.homeAssistant.find((entity) => entity.metric === metric)?.command;
  return command === undefined ? undefined : { key: command.key, param: command.param };
}
