import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { FactorStep } from "./factor-step.tsx";
import { FirstStep } from "./first-step.tsx";
import { MailStep } from "./mail-step.tsx";

const route = getRouteApi("/login");

/** Log-in, a step at a time; `step` in the address makes a reload and the browser's Back land where they should. */
export function LoginPage() {
  const t = useTranslations("login");
  const { step } = route.useSearch();
  return (
    <Welcome>
      <title>{t("title")}</title>
      {step === "factor" ? (
        <FactorStep />
      ) : step === "link" || step === "forgot" ? (
        <MailStep key={step} what={step} />
      ) : (
        <FirstStep />
      )}
    </Welcome>
  );
}
