import type { ledger } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import type { Tone } from "../../../design/tag.tsx";
import type { witnesses } from "../../../i18n/en/witnesses.ts";

type Why = keyof typeof witnesses.why;

export const TONES: Readonly<Record<ledger.WitnessStanding, Tone>> = {
  ok: "ok",
  waiting: "neutral",
  silent: "warn",
  refused: "danger",
};

/** A word of C2SP tlog-witness as a sentence. */
export function useWhy(): (reason: string) => string {
  const t = useTranslations("witnesses.why");
  return (reason) => t((t.has(reason as Why) ? reason : "other") as Why);
}

/** Name of the log or witness that a verifier key is of. */
export const nameOfKey = (key: string): string => key.split("+", 1)[0] ?? key;
