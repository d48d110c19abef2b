import type { Uuid } from "@gatehouse/base";
import type { access, telemetry } from "@gatehouse/contract";
import { type Catalogue, type LastValue, lastValuesOf } from "../catalogue.ts";
import { seriesRef } from "../model.ts";
import type { DeviceDirectory, KnownDevice } from "../ports.ts";

export interface SeriesFilter {
  /** Words that must all appear in the names of device, site or metric; case and accents do not matter. */
  readonly q?: string;
  readonly device?: Uuid;
  readonly site?: Uuid;
  readonly metric?: string;
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Every series that the asker may see: what a device has sent, and what its type says it will send. */
export async function listSeries(
  catalogue: Catalogue,
  directory: DeviceDirectory,
  scope: access.Scope,
  filter: SeriesFilter,
): Promise<telemetry.Series[]> {
  const devices =
    filter.device === undefined ? await directory.list(scope) : await directory.find(scope, [filter.device]);
  const words = fold(filter.q ?? "")
    .split(/\s+/)
    .filter((word) => word !== "");
  const collator = new Intl.Collator("en", { numeric: true });
  return devices
    .filter(({ siteId }) => filter.site === undefined || siteId === filter.site)
    .sort((a, b) => collator.compare(a.name, b.name))
    .flatMap((device) => seriesOf(device, catalogue))
    .filter(({ metric }) => filter.metric === undefined || metric === filter.metric)
    .filter((series) => words.length === 0 || matches(series, words));
}

function matches(series: Described, words: readonly string[]): boolean {
  const { deviceName, siteName, metric, label, deviceLabel } = series;
  const text = fold([deviceName, deviceLabel, siteName, metric, label.en, label.fr].join(" "));
  return words.every((word) => text.includes(word));
}

interface Described extends telemetry.Series {
  readonly deviceLabel: string;
}

function seriesOf(device: KnownDevice, catalogue: Catalogue): Described[] {
  const stored = catalogue.find(device.deviceId);
  const last = new Map(
    (stored === undefined ? [] : lastValuesOf(stored)).map((value) => [value.metric, value]),
  );
  const declared = new Map(device.metrics.map((metric) => [metric.key, metric]));
  const names = new Set([...declared.keys(), ...(stored?.metrics ?? [])]);
  return [...names].sort().map((metric) => {
    const known = declared.get(metric);
    const newest = last.get(metric);
    return {
      ref: seriesRef(device.deviceId, metric),
      deviceId: device.deviceId,
      deviceName: device.name,
      deviceLabel: device.label,
      siteName: device.siteName,
      metric,
      kind: kindOf(newest) ?? known?.kind ?? "number",
      unit: known?.unit ?? "",
      label: known?.label ?? { en: metric, fr: metric },
      ...(newest === undefined ? {} : { last: newest.value, lastMs: newest.tsMs }),
    };
  });
}

function kindOf(last: LastValue | undefined): "number" | "state" | undefined {
  if (last === undefined) return undefined;
  return typeof last.value === "number" ? "number" : "state";
}

/** As the contract has it. */
export function withoutLabel({
  deviceLabel: _,
  ...series
}: telemetry.Series & { deviceLabel?: string }): telemetry.Series {
  return series;
}
