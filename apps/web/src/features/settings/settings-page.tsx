import { useTranslations } from "use-intl";
import { EmptyState } from "../../design/empty-state.tsx";

export function SettingsPage() {
  const t = useTranslations("settings.empty");
  return (
    <>
      <h1 className="page-title">{t("title")}</h1>
      <EmptyState title={t("title")}>{t("text")}</EmptyState>
    </>
  );
}
