import { devices } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "../../data/live.ts";
import type { LiveValue } from "../../data/live-values.ts";
import { useNow } from "../../data/now.ts";
import { invalidate } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { Panel } from "../../design/panel.tsx";
import { Spark } from "../../design/spark.tsx";
import styles from "./add-device.module.css";
import { countdown } from "./claim-code.tsx";
import { metricsOf } from "./metrics.ts";
import { type LogLine, useLineText } from "./use-line-text.ts";
import { useMetricText } from "./use-metric-text.ts";

const KEPT = 60;

interface Arrival {
  readonly metric: string;
  readonly value: LiveValue;
  readonly afterMs: number;
  /** The first metric's numbers so far. */
  readonly numbers: readonly number[];
}

/** A clock that runs until the device's first value is accepted, then its newest value and their line. */
export function WatchArrival(props: { device: devices.Device; onAnother: () => void }) {
  const t = useTranslations("devices.adding");
  const nowMs = useNow();
  const [startMs] = useState(nowMs);
  const { arrival, lines } = useArrival(props.device.id, startMs);
  const lineText = useLineText();
  const clock = countdown(arrival?.afterMs ?? nowMs - startMs);
  return (
    <Panel title={t("watch")} end={<span className="strong num">{clock}</span>}>
      <div className="stack">
        <ul className={styles.events} aria-live="polite">
          {lines.map(({ entry, afterMs }) => (
            <li key={entry.id} className="small">
              <span className="truncate">{lineText(entry)}</span>
              <span className="tertiary num">{countdown(afterMs)}</span>
            </li>
          ))}
        </ul>
        {arrival === undefined ? (
          <div className={styles.waiting}>
            <p className="strong">{t("waiting")}</p>
            <p className="secondary small">{t("waitingText")}</p>
          </div>
        ) : (
          <Arrived device={props.device} arrival={arrival} />
        )}
        <div className={styles.buttons}>
          <Button variant="default" h={36} onClick={props.onAnother}>
            {t("another")}
          </Button>
          <ButtonLink
            h={36}
            to="/devices/$deviceId/{-$tab}"
            params={{ deviceId: props.device.id }}
            variant={arrival === undefined ? "default" : "filled"}
          >
            {t("open")}
          </ButtonLink>
        </div>
        {arrival === undefined && <p className="tertiary tiny">{t("trouble")}</p>}
      </div>
    </Panel>
  );
}

function Arrived(props: { device: devices.Device; arrival: Arrival }) {
  const t = useTranslations("devices.adding");
  const text = useMetricText();
  const { device, arrival } = props;
  const known = metricsOf(device).find(({ key }) => key === arrival.metric);
  const shown = known === undefined ? String(arrival.value) : text.value(known, arrival.value);
  return (
    <div className={styles.arrived} role="status">
      <div className="row">
        <span className={styles.tick}>
          <IconCheck size={16} stroke={3} aria-hidden="true" />
        </span>
        <div className="grow">
          <p className={styles.arrivedName}>{t("arrived", { name: device.name })}</p>
          <p className="secondary tiny">{t("after", { time: countdown(arrival.afterMs) })}</p>
        </div>
        <span className={styles.arrivedValue}>{shown}</span>
      </div>
      <Spark values={arrival.numbers} colour="var(--ok-mark)" width={300} height={38} stretch />
    </div>
  );
}

/** What the server tells about the device from `startMs` on: its connection, refusals, values. */
function useArrival(deviceId: string, startMs: number) {
  const [arrival, setArrival] = useState<Arrival>();
  const [lines, setLines] = useState<readonly { entry: LogLine; afterMs: number }[]>([]);
  useLive({ values: [deviceId], details: [deviceId] }, (batch) => {
    const afterMs = Math.max(0, batch.serverMs - startMs);
    const entries = (batch.log ?? []).filter((one) => one.deviceId === deviceId && one.entry.kind !== "log");
    if (entries.length > 0) {
      const fresh = entries.map(({ entry }) => ({ entry, afterMs }));
      setLines((kept) => [...kept, ...fresh].slice(-5));
    }
    for (const [id, metric, , value] of batch.values ?? []) {
      if (id === deviceId) setArrival((before) => arrivalOf(before, metric, value, afterMs));
    }
  });
  const arrived = arrival !== undefined;
  useEffect(() => {
    if (arrived) void invalidate(devices.listDevices, devices.getDevice);
  }, [arrived]);
  return { arrival, lines };
}

/** The first metric that came is the one shown; the others are on the device's page. */
function arrivalOf(before: Arrival | undefined, metric: string, value: LiveValue, afterMs: number): Arrival {
  const number = typeof value === "number" ? [value] : [];
  if (before === undefined) return { metric, value, afterMs, numbers: number };
  if (before.metric !== metric) return before;
  return { ...before, value, numbers: [...before.numbers, ...number].slice(-KEPT) };
}
