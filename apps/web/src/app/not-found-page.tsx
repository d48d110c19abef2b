import { IconMapOff } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../design/button-link.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { Welcome } from "./welcome.tsx";

export function NotFoundPage() {
  const t = useTranslations();
  return (
    <Welcome>
      <h1 className="visually-hidden">{t("shell.notFound.title")}</h1>
      <EmptyState
        icon={<IconMapOff size={22} stroke={1.6} />}
        title={t("shell.notFound.title")}
        action={
          <ButtonLink to="/" variant="default">
            {t("common.action.home")}
          </ButtonLink>
        }
      >
        {t("shell.notFound.text")}
      </EmptyState>
    </Welcome>
  );
}
