import { useRouter } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ErrorState } from "../design/error-state.tsx";
import { Welcome } from "./welcome.tsx";

/** The console could not find out who is logged in: nothing else can be shown yet. */
export function StartFailed(props: { error: unknown }) {
  const t = useTranslations("common.state");
  const router = useRouter();
  return (
    <Welcome>
      <h1 className="visually-hidden">{t("failed")}</h1>
      <ErrorState error={props.error} onRetry={() => void router.invalidate()} />
    </Welcome>
  );
}
