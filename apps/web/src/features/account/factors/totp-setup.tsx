import { accounts, type ReplyOf } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { call } from "../../../data/query.ts";
import { CopyButton } from "../../../design/copy-button.tsx";
import { LoadingState } from "../../../design/loading-state.tsx";
import { Qr } from "../../../design/qr.tsx";
import { CodeForm } from "../../login/code-form.tsx";
import { Refusal } from "../../login/refusal.tsx";
import { useAct } from "../../login/use-act.ts";
import styles from "../account.module.css";

/** In groups of four, as people read and type it. */
export const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, "$1 ");

/** A secret for an authenticator app, by camera or typed; it holds once a code of it was right. */
export function TotpSetup(props: { onAdded: (added: accounts.FactorAdded) => void }) {
  const t = useTranslations("factors");
  const common = useTranslations("common.action");
  const [secret, setSecret] = useState<ReplyOf<typeof accounts.startTotp>>();
  const { busy, error, run } = useAct();
  const start = () => void run(async () => setSecret(await call(accounts.startTotp, {})));
  const begin = useRef(start);
  useEffect(() => begin.current(), []);
  if (secret === undefined) {
    return (
      <div className="stack">
        <Refusal error={error} />
        {busy || error === undefined ? (
          <LoadingState what={t("totpReading")} />
        ) : (
          <Button variant="default" onClick={start}>
            {common("retry")}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div className="stack">
      <p className="secondary">{t("totpIntro")}</p>
      <div className={styles.totp}>
        <Qr text={secret.url} label={t("totpQr")} />
        <div className="stack stack-tight">
          <p className="small secondary">{t("totpTyped")}</p>
          <p className="mono anywhere">{grouped(secret.secret)}</p>
          <div>
            <CopyButton text={secret.secret} label={t("totpCopy")} wide />
          </div>
        </div>
      </div>
      <CodeForm
        label={t("totpCode")}
        act={t("totpAct")}
        onAnswer={async (code) => props.onAdded(await call(accounts.addTotp, { body: { code } }))}
      />
    </div>
  );
}
