import type { telemetry } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import type { Track } from "./tracks.ts";

/** Digits that tell neighbouring values of this size apart. */
const digitsOf = (value: number): number => (Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1);

/** Values of series in words: on an axis, in a legend, of a state. */
export function useValueText() {
  const t = useTranslations("telemetry.value");
  const format = useFormat();
  const word = (value: boolean | string): string => {
    if (typeof value === "string") return value;
    return value ? t("on") : t("off");
  };
  return {
    axis: (value: number, info: telemetry.Series | undefined) =>
      format.quantity(value, info?.unit ?? "", digitsOf(value)),
    state: (value: number, track: Track) => {
      if (!Number.isInteger(value)) return "";
      if (track.words.length > 0) return track.words[value] ?? "";
      return value === 0 || value === 1 ? word(value === 1) : "";
    },
    last: (value: number | boolean | string | undefined, info: telemetry.Series) => {
      if (value === undefined) return "–";
      return typeof value === "number" ? format.quantity(value, info.unit, digitsOf(value)) : word(value);
    },
  };
}
