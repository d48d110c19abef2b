import { accounts } from "@gatehouse/contract";
import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { answerConfirm } from "../../data/identity.ts";
import { call, invalidate, query } from "../../data/query.ts";
import { QueryView } from "../../design/query-view.tsx";
import { type Confirmation, ConfirmFactor } from "../login/confirm-factor.tsx";
import { readPasskey } from "../login/passkeys.ts";

/** Asks for a second factor before the call that needs one is repeated. */
export default function StepUpDialog() {
  const t = useTranslations("login.stepUp");
  const close = useTranslations("common.action")("close");
  const ways = useQuery({ ...query(accounts.getStepUp, {}), gcTime: 0 });
  const confirmation = useMemo<Confirmation>(() => {
    const done = () => {
      answerConfirm(true);
      void invalidate(accounts.getMe);
    };
    return {
      send: (factor) => call(accounts.sendStepUpCode, { body: { factor } }),
      answer: async (factor, answer) => {
        const body = factor === "password" ? { factor, password: answer } : { factor, code: answer };
        await call(accounts.stepUp, { body });
        done();
      },
      passkey: async () => {
        const response = await readPasskey(await call(accounts.startPasskeyStepUp, {}));
        await call(accounts.finishPasskeyStepUp, { body: { response } });
        done();
      },
    };
  }, []);
  return (
    <Modal
      opened
      onClose={() => answerConfirm(false)}
      title={t("title")}
      size={420}
      zIndex={400}
      closeButtonProps={{ "aria-label": close }}
    >
      <div className="stack">
        <p className="secondary">{t("intro")}</p>
        <QueryView query={ways} what={t("reading")}>
          {({ factors }) => <ConfirmFactor factors={factors} confirmation={confirmation} act={t("act")} />}
        </QueryView>
      </div>
    </Modal>
  );
}
