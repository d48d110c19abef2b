import type { operations } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useLiveRate } from "../../data/live.ts";
import { Metric, MetricStrip } from "../../design/metric-strip.tsx";
import { Spark } from "../../design/spark.tsx";
import { useFormat } from "../../i18n/provider.tsx";

const SILENT = ["stale", "offline", "never", "revoked"] as const;

/** What is counted: every figure comes from the server, the message rate moves live. */
export function Figures(props: { overview: operations.Overview }) {
  const t = useTranslations("overview.figures");
  const format = useFormat();
  const liveRate = useLiveRate();
  const { devices, messages, refused, alerts, storage } = props.overview;
  const silent = SILENT.filter((status) => devices[status] > 0).map((status) =>
    t(status, { count: format.number(devices[status]) }),
  );
  const { usualLow, usualHigh } = messages;
  const usual =
    usualLow === undefined || usualHigh === undefined
      ? t("counted")
      : t("usual", { low: format.number(usualLow, 0), high: format.number(usualHigh, 0) });
  const perSecond = liveRate ?? messages.perSecond;
  return (
    <MetricStrip label={t("label")}>
      <Metric
        label={t("online")}
        value={format.number(devices.online)}
        unit={`/ ${format.number(devices.total)}`}
        detail={silent.length === 0 ? t("allWell") : silent.join(", ")}
        spark={<Spark values={devices.spark} colour="var(--ok-mark)" />}
      />
      <Metric
        label={t("messages")}
        value={format.number(perSecond, perSecond < 10 ? 1 : 0)}
        unit={t("perSecond")}
        detail={usual}
        spark={<Spark values={messages.spark} />}
      />
      <Metric
        label={t("attacks")}
        value={format.number(refused.last24h)}
        detail={t("day")}
        spark={<Spark values={refused.spark} colour="var(--series-2)" />}
      />
      <Metric
        label={t("alerts")}
        value={format.number(alerts.open)}
        detail={t("critical", { count: alerts.critical })}
      />
      {storage !== undefined && (
        <Metric
          label={t("storage")}
          value={format.bytes(storage.databaseBytes)}
          detail={t("free", {
            free: format.bytes(storage.freeBytes),
            rate: format.number(storage.pointsPerDay, 0),
          })}
        />
      )}
    </MetricStrip>
  );
}
