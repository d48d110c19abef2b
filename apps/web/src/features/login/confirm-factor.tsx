import type { accounts } from "@gatehouse/contract";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { CodeForm } from "./code-form.tsx";
import styles from "./login.module.css";
import { PasskeyConfirm } from "./passkey-confirm.tsx";
import { passkeysWork } from "./passkeys.ts";
import { PasswordConfirm } from "./password-confirm.tsx";
import { SentCodeForm } from "./sent-code-form.tsx";

/** How a step is confirmed: at log-in and in a step-up by different calls. Each rejects with the refusal. */
export interface Confirmation {
  send(factor: accounts.SentFactor): Promise<accounts.CodeSent>;
  answer(factor: accounts.FactorKind, code: string): Promise<void>;
  passkey(): Promise<void>;
}

/** One of several ways to show that it is oneself, the best first; the others one click away. */
export function ConfirmFactor(props: {
  factors: readonly accounts.FactorChoice[];
  confirmation: Confirmation;
  /** What the button does: "Log in". */
  act: string;
}) {
  const t = useTranslations("login.factor");
  const usable = props.factors.filter(({ factor }) => factor !== "passkey" || passkeysWork());
  const [chosen, choose] = useState<accounts.FactorKind>();
  const choice = usable.find(({ factor }) => factor === chosen) ?? usable[0];
  if (choice === undefined) return <p role="status">{t("none")}</p>;
  const others = usable.filter(({ factor }) => factor !== choice.factor);
  return (
    <div className="stack">
      <Way key={choice.factor} choice={choice} confirmation={props.confirmation} act={props.act} />
      {others.length > 0 && (
        <section className="stack stack-tight" aria-label={t("others")}>
          <p className="small tertiary">{t("others")}</p>
          <div className={styles.ways}>
            {others.map(({ factor, hint }) => (
              <button key={factor} type="button" className={styles.way} onClick={() => choose(factor)}>
                <span>{t(`way.${factor}`)}</span>
                {hint !== undefined && <span className="tertiary small">{hint}</span>}
              </button>
            ))}
          </div>
        </section>
      )}
    </div>
  );
}

function Way(props: { choice: accounts.FactorChoice; confirmation: Confirmation; act: string }) {
  const t = useTranslations("login.factor");
  const { choice, confirmation, act } = props;
  const answer = (code: string) => confirmation.answer(choice.factor, code);
  switch (choice.factor) {
    case "passkey":
      return <PasskeyConfirm onConfirm={() => confirmation.passkey()} />;
    case "email":
    case "sms": {
      const medium = choice.factor;
      return (
        <SentCodeForm
          medium={medium}
          hint={choice.hint}
          act={act}
          onSend={() => confirmation.send(medium)}
          onAnswer={answer}
        />
      );
    }
    case "password":
      return <PasswordConfirm act={act} onAnswer={answer} />;
    case "totp":
      return <CodeForm label={t("totpLabel")} description={t("totpHint")} act={act} onAnswer={answer} />;
    case "recovery":
      return (
        <CodeForm
          label={t("recoveryLabel")}
          description={t("recoveryHint")}
          act={act}
          letters
          onAnswer={answer}
        />
      );
  }
}
