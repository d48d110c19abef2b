import { useLocale, useTranslations } from "use-intl";
import type { LiveValue } from "../../data/live-values.ts";
import { decimalsOf } from "../../design/chart-data.ts";
import type { FormatValue } from "../../design/plot.ts";
import { useFormat } from "../../i18n/provider.tsx";
import type { MetricInfo } from "./metrics.ts";

/** Names and values of metrics in the person's language: `61.4 °C`, `Open`. */
export function useMetricText() {
  const t = useTranslations("devices.word");
  const locale = useLocale();
  const format = useFormat();
  return {
    label: (metric: Pick<MetricInfo, "label">) => metric.label[locale],
    /** For a chart, whose labels may stand closer than the metric's own decimals tell apart. */
    number:
      (metric: MetricInfo): FormatValue =>
      (value, { step }) =>
        format.quantity(
          value,
          metric.unit,
          step === undefined ? metric.decimals : Math.max(metric.decimals, decimalsOf(step)),
        ),
    value(metric: MetricInfo, value: LiveValue): string {
      if (typeof value === "number") return format.quantity(value, metric.unit, metric.decimals);
      if (typeof value === "string") return value;
      if (metric.key === "open") return value ? t("open") : t("closed");
      return value ? t("on") : t("off");
    },
  };
}
