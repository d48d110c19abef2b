import { useTranslations } from "use-intl";
import { isApiError } from "../data/api-error.ts";
import { useErrorTexts } from "../i18n/provider.tsx";

/** Turns whatever was thrown into one plain sentence or two in the person's language. */
export function useErrorText(): (error: unknown) => string {
  const texts = useErrorTexts();
  const t = useTranslations("common.state");
  return (error) => {
    if (!isApiError(error) || error.code === "unexpected") return t("unexpected");
    return error.code === "network" ? t("offlineBrowser") : texts[error.code];
  };
}
