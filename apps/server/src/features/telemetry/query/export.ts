import { Readable } from "node:stream";
import type { UnixMs } from "@gatehouse/base";
import { csvLine } from "../../../platform/http/csv.ts";
import type { MetricValue, SeriesKey } from "../model.ts";
import type { KnownDevice } from "../ports.ts";
import type { HistoryReader } from "./history.ts";

export type ExportFormat = "csv" | "json";

export interface ExportRequest {
  readonly format: ExportFormat;
  readonly series: readonly SeriesKey[];
  readonly fromMs: UnixMs;
  readonly toMs: UnixMs;
}

/** One page in memory at a time. */
const PAGE = 5_000;

/**
 * Raw readings, one series after the other, oldest first, times in UTC (ISO 8601). Pages are asked for when the
 * client has taken the one before, and no connection or transaction is held between them: a client that is slow
 * or gone costs nothing.
 */
export function exportReadings(
  reader: Pick<HistoryReader, "values">,
  devices: ReadonlyMap<string, KnownDevice>,
  request: ExportRequest,
): Readable {
  return Readable.from(pages(reader, devices, request), { objectMode: false, highWaterMark: 64 * 1024 });
}

async function* pages(
  reader: Pick<HistoryReader, "values">,
  devices: ReadonlyMap<string, KnownDevice>,
  { format, series, fromMs, toMs }: ExportRequest,
): AsyncGenerator<Buffer> {
  if (format === "csv") yield Buffer.from("time,site,device,metric,unit,value\r\n");
  for (const key of series) {
    const device = devices.get(key.deviceId);
    const unit = device?.metrics.find(({ key: name }) => name === key.metric)?.unit ?? "";
    const write = format === "csv" ? csvLine : jsonLine;
    for (let nextMs = fromMs; nextMs < toMs; ) {
      const page = await reader.values(key, nextMs, toMs, PAGE);
      // The state that held at the start of the range began before it.
      const fresh = page.filter(({ tsMs }) => tsMs >= nextMs);
      let text = "";
      for (const { tsMs, value } of fresh)
        text += write([
          new Date(tsMs).toISOString(),
          device?.siteName ?? "",
          device?.name ?? "",
          key.metric,
          unit,
          value,
        ]);
      if (text !== "") yield Buffer.from(text);
      if (page.length < PAGE) break;
      nextMs = (page.at(-1)?.tsMs ?? toMs) + 1;
    }
  }
}

type Line = readonly [
  time: string,
  site: string,
  device: string,
  metric: string,
  unit: string,
  value: MetricValue,
];

const jsonLine = ([time, site, device, metric, unit, value]: Line): string =>
  `${JSON.stringify({ time, site, device, metric, unit, value })}\n`;
