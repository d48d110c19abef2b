import type { alerts } from "@gatehouse/contract";
import { useTranslations } from "use-intl";

/** Why a message to people was not taken, in the person's language, and what the other side said in its own. */
export function useFailureText(): (failure: alerts.Failure) => string {
  const t = useTranslations("outbox.failure");
  return ({ code, detail }) => {
    if (code === undefined) return detail ?? "";
    return detail === undefined ? t(code) : `${t(code)} (${detail})`;
  };
}
