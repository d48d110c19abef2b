import type { accounts } from "@gatehouse/contract";
import { useState } from "react";
import { useTranslations } from "use-intl";
import styles from "../../login/login.module.css";
import { passkeysWork } from "../../login/passkeys.ts";
import { PasskeySetup } from "./passkey-setup.tsx";
import { SentCodesSetup } from "./sent-codes-setup.tsx";
import { TotpSetup } from "./totp-setup.tsx";

export type NewFactor = "passkey" | "totp" | "email" | "sms";

/** What can still be set up, the strongest first. */
export function addable(factors: accounts.Factors): NewFactor[] {
  const all: [NewFactor, boolean][] = [
    ["passkey", factors.passkeysPossible && passkeysWork()],
    ["totp", factors.totp === undefined],
    ["sms", factors.sms.available && !factors.sms.on],
    ["email", factors.email.available && !factors.email.on],
  ];
  return all.flatMap(([factor, possible]) => (possible ? [factor] : []));
}

/** Choose one, then set it up. */
export function AddFactor(props: {
  factors: accounts.Factors;
  onAdded: (added: accounts.FactorAdded) => void;
}) {
  const t = useTranslations("factors");
  const login = useTranslations("login");
  const [chosen, choose] = useState<NewFactor>();
  if (chosen !== undefined) {
    return (
      <div className="stack">
        <h2 className="page-title">{t(`name.${chosen}`)}</h2>
        <SetUpFactor factor={chosen} factors={props.factors} onAdded={props.onAdded} />
        <div className={styles.links}>
          <button type="button" className={`link ${styles.plain}`} onClick={() => choose(undefined)}>
            {login("otherWays")}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="stack">
      <div className={styles.ways}>
        {addable(props.factors).map((factor) => (
          <button key={factor} type="button" className={styles.way} onClick={() => choose(factor)}>
            <span>
              <span className="strong">{t(`name.${factor}`)}</span>
              <br />
              <span className="secondary small">{t(`what.${factor}`)}</span>
            </span>
          </button>
        ))}
      </div>
      {!props.factors.passkeysPossible && <p className="tertiary small">{t("passkeyOnAddress")}</p>}
    </div>
  );
}

export function SetUpFactor(props: {
  factor: NewFactor;
  factors: accounts.Factors;
  onAdded: (added: accounts.FactorAdded) => void;
}) {
  const { factor, factors, onAdded } = props;
  switch (factor) {
    case "passkey":
      return <PasskeySetup onAdded={onAdded} />;
    case "totp":
      return <TotpSetup onAdded={onAdded} />;
    case "email":
    case "sms":
      return <SentCodesSetup medium={factor} hint={factors[factor].hint} onAdded={onAdded} />;
  }
}
