import type { devices } from "@gatehouse/contract";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "../../data/live.ts";
import type { LiveBatch } from "../../data/live-hub.ts";
import { QueryView } from "../../design/query-view.tsx";
import { LogLines } from "./log-lines.tsx";
import { useDeviceLog } from "./use-device-log.ts";
import type { LogLine } from "./use-line-text.ts";

const SHOWN = 10;

/** The newest lines with the readings between them, as they come. */
export function LiveLog(props: { deviceId: devices.Device["id"] }) {
  const t = useTranslations("devices");
  const { pages, read, live } = useDeviceLog(props.deviceId, {}, SHOWN);
  const [readings, setReadings] = useState<readonly LogLine[]>([]);
  useLive({ values: [props.deviceId] }, (batch) => {
    const fresh = readingLines(props.deviceId, batch);
    if (fresh.length > 0) setReadings((kept) => [...fresh, ...kept].slice(0, SHOWN));
  });
  const lines = [...readings, ...live, ...read].sort((a, b) => b.tsMs - a.tsMs).slice(0, SHOWN);
  return (
    <QueryView query={pages} what={t("log.reading")}>
      {() =>
        lines.length === 0 ? (
          <p className="tertiary small" style={{ padding: 14 }}>
            {t("now.logEmpty")}
          </p>
        ) : (
          <LogLines lines={lines} short />
        )
      }
    </QueryView>
  );
}

/** One line for each instant of a frame: `temperature=61.4 humidity=40`. Newest first. */
function readingLines(deviceId: string, batch: LiveBatch): LogLine[] {
  const byInstant = new Map<number, string[]>();
  for (const [id, metric, tsMs, value] of batch.values ?? []) {
    if (id !== deviceId) continue;
    byInstant.set(tsMs, [...(byInstant.get(tsMs) ?? []), `${metric}=${String(value)}`]);
  }
  return [...byInstant]
    .map(([tsMs, parts]) => ({
      id: `${tsMs} ${parts.join(" ")}`,
      tsMs,
      kind: "telemetry",
      message: parts.join(" "),
    }))
    .sort((a, b) => b.tsMs - a.tsMs);
}
