import type { devices, trust } from "@gatehouse/contract";
import { useLocale, useTranslations } from "use-intl";
import { useErrorTexts, useFormat } from "../../i18n/provider.tsx";
import { metricsOf } from "./metrics.ts";

const HOUR_MS = 3_600_000;

/** A reason in words, and the limit it is beyond; the figures are in the metric's own unit. */
export function useFindingText(device: devices.Device): {
  title: (finding: trust.Finding) => string;
  limit: (finding: trust.Finding) => string | undefined;
} {
  const t = useTranslations("trust");
  const locale = useLocale();
  const format = useFormat();
  const errors: Readonly<Record<string, string>> = useErrorTexts();
  const metrics = new Map(metricsOf(device).map((metric) => [metric.key, metric]));
  const figure = ({ code, metric }: trust.Finding, value: number): string => {
    const known = metrics.get(metric ?? "");
    if (code === "stuck" || code === "replay") return format.duration(value * HOUR_MS);
    if (code === "noise" || code === "coordinated" || known === undefined) return format.number(value, 1);
    return format.quantity(Math.abs(value), known.unit, known.decimals + 1);
  };
  return {
    title(finding) {
      const { code, metric, value, detail = "" } = finding;
      const label = metrics.get(metric ?? "")?.label[locale] ?? metric ?? t("allMetrics");
      return t(`code.${code}`, {
        metric: label,
        value: figure(finding, value),
        detail: errors[detail] ?? detail,
      });
    },
    limit: (finding) =>
      finding.code === "reported" || finding.code === "replay"
        ? undefined
        : t("limit", { limit: figure(finding, finding.limit) }),
  };
}
