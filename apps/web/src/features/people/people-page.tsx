import { useTranslations } from "use-intl";
import { EmptyState } from "../../design/empty-state.tsx";

export function PeoplePage() {
  const t = useTranslations("people.empty");
  return (
    <>
      <h1 className="page-title">{t("title")}</h1>
      <EmptyState title={t("title")}>{t("text")}</EmptyState>
    </>
  );
}
