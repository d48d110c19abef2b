import { DEVICE_TYPES } from "@gatehouse/device-types";
import { useLocale, useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import type { Words } from "./condition-text.ts";

const METRICS = new Map(DEVICE_TYPES.flatMap(({ metrics }) => metrics.map((metric) => [metric.key, metric])));

/** What `conditionText` needs, in the person's language. A metric that no type names keeps its key. */
export function useWords(): Words {
  const t = useTranslations("alerts.condition");
  const locale = useLocale();
  const format = useFormat();
  return {
    t,
    format,
    metric: (key) => {
      const metric = METRICS.get(key);
      return metric === undefined
        ? { name: key, unit: "" }
        : { name: metric.label[locale], unit: metric.unit };
    },
  };
}
