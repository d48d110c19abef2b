import type { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { CodeForm } from "./code-form.tsx";
import { Refusal } from "./refusal.tsx";
import { ResendButton } from "./resend-button.tsx";
import { useAct } from "./use-act.ts";
import { useWait } from "./use-wait.ts";

/** A code by e-mail or SMS: sent when asked for, then typed here. A later one replaces it. */
export function SentCodeForm(props: {
  medium: accounts.SentFactor;
  /** Where it goes, mostly covered. */
  hint?: string | undefined;
  act: string;
  onSend: () => Promise<accounts.CodeSent>;
  onAnswer: (code: string) => Promise<void>;
}) {
  const t = useTranslations("login.factor");
  const format = useFormat();
  const nowMs = useNow();
  const [sent, setSent] = useState<accounts.CodeSent>();
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const send = () => void run(async () => setSent(await props.onSend()));
  if (sent === undefined) {
    return (
      <div className="stack">
        <p>{t(`${props.medium}Intro`, { hint: props.hint ?? "" })}</p>
        <Refusal error={error} waitMs={waitMs} />
        <Button h={36} disabled={waitMs > 0} loading={busy} onClick={send}>
          {t("send")}
        </Button>
      </div>
    );
  }
  const over = nowMs >= sent.expiresMs;
  const until = over ? t("expired") : t("goodUntil", { time: format.clockMinute(sent.expiresMs) });
  return (
    <div className="stack">
      <p role="status">{t(`${props.medium}Sent`, { hint: sent.hint })}</p>
      <CodeForm
        key={sent.expiresMs}
        label={t("codeLabel")}
        description={until}
        act={props.act}
        more={<ResendButton fromMs={sent.resendMs} busy={busy} onSend={send} />}
        onAnswer={props.onAnswer}
      />
      <Refusal error={error} waitMs={waitMs} />
    </div>
  );
}
