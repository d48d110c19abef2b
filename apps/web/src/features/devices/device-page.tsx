import { useTranslations } from "use-intl";
import { EmptyState } from "../../design/empty-state.tsx";

export function DevicePage() {
  const t = useTranslations("devices.empty");
  return (
    <>
      <h1 className="page-title">{t("title")}</h1>
      <EmptyState title={t("title")}>{t("text")}</EmptyState>
    </>
  );
}
