import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { CodeForm } from "../login/code-form.tsx";
import { Refusal } from "../login/refusal.tsx";
import { ResendButton } from "../login/resend-button.tsx";
import { useAct } from "../login/use-act.ts";
import { useWait } from "../login/use-wait.ts";
import { Head } from "./head.tsx";
import { StepLine } from "./step-line.tsx";

/** The code that went to the address or to the phone. */
export function ConfirmStep(props: {
  step: "email" | "phone";
  progress: accounts.SignUpProgress;
  onConfirm: (code: string) => Promise<unknown>;
  onProgress: (progress: accounts.SignUpProgress) => void;
}) {
  const t = useTranslations("signUp");
  const format = useFormat();
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const { step, progress } = props;
  const { sentTo = "", resendAtMs, expiresMs } = progress;
  const resend = async () => props.onProgress(await call(accounts.resendSignUpCode, { body: {} }));
  const cancel = async () => props.onProgress(await call(accounts.cancelSignUp, {}));
  return (
    <>
      <Head title={t(`${step}Title`)}>{t(`${step}Text`, { to: sentTo })}</Head>
      <StepLine at={step} />
      <CodeForm
        label={t("code")}
        act={t("confirm")}
        more={
          resendAtMs !== undefined && (
            <ResendButton
              fromMs={resendAtMs}
              busy={busy}
              onSend={() => {
                if (waitMs === 0) void run(resend);
              }}
            />
          )
        }
        onAnswer={async (code) => void (await props.onConfirm(code))}
      />
      <Refusal error={error} waitMs={waitMs} />
      <p className="secondary small">
        {resendAtMs === undefined ? t("noMore") : t("nothingCame")}{" "}
        {expiresMs !== undefined && t("keptUntil", { time: format.dateMinute(expiresMs) })}
      </p>
      <div>
        <Button variant="default" onClick={() => void run(cancel)}>
          {t("beginAnew")}
        </Button>
      </div>
    </>
  );
}
