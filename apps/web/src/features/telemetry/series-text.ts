import type { telemetry } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { decimalsOf } from "../../design/chart-data.ts";
import { useFormat } from "../../i18n/provider.tsx";
import type { Track } from "./tracks.ts";

/** Digits that tell neighbouring values of this size apart. */
const digitsOf = (value: number): number => (Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1);

/** Values of series in words: on an axis, in a legend, of a state. */
export function useValueText() {
  const t = useTranslations("devices.word");
  const format = useFormat();
  const word = (value: boolean | string, metric: string): string => {
    if (typeof value === "string") return value;
    if (metric === "open") return value ? t("open") : t("closed");
    return value ? t("on") : t("off");
  };
  return {
    /** `step`: the distance of an axis's labels, which all get the same decimals. */
    axis: (value: number, unit: string, step: number | undefined) =>
      format.quantity(value, unit, step === undefined ? digitsOf(value) : decimalsOf(step)),
    state: (value: number, track: Track, metric: string) =>
      track.words.length > 0 ? (track.words[value] ?? "") : word(value === 1, metric),
    last: (value: number | boolean | string | undefined, info: telemetry.Series) => {
      if (value === undefined) return "–";
      return typeof value === "number"
        ? format.quantity(value, info.unit, digitsOf(value))
        : word(value, info.metric);
    },
  };
}
