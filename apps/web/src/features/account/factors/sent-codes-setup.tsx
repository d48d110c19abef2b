import { accounts } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { call } from "../../../data/query.ts";
import { SentCodeForm } from "../../login/sent-code-form.tsx";

/** Codes by e-mail or SMS from now on, once one of them has arrived. */
export function SentCodesSetup(props: {
  medium: accounts.SentFactor;
  hint: string | undefined;
  onAdded: (added: accounts.FactorAdded) => void;
}) {
  const t = useTranslations("factors");
  const params = { medium: props.medium };
  return (
    <SentCodeForm
      medium={props.medium}
      hint={props.hint}
      act={t("sentAct")}
      onSend={() => call(accounts.startSentCodes, { params })}
      onAnswer={async (code) => props.onAdded(await call(accounts.addSentCodes, { params, body: { code } }))}
    />
  );
}
