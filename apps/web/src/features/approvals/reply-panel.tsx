import { access } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { SecretText } from "../../design/secret-text.tsx";
import styles from "./approvals.module.css";
import { secretsOf } from "./body-facts.ts";

/** What the act answered its requester, read once; then it lives only on this page. */
export function ReplyPanel(props: { approvalId: string }) {
  const t = useTranslations("approvals");
  const errorText = useErrorText();
  const take = useCall(access.takeReply);
  const [taken, setTaken] = useState<unknown>();
  if (taken === undefined) {
    const show = () =>
      take.mutate(
        { params: { id: props.approvalId }, body: {} },
        { onSuccess: ({ reply }) => setTaken(reply) },
      );
    return (
      <Panel title={t("reply")}>
        <div className="stack">
          <p className="secondary">{t("replyText")}</p>
          <DialogFoot error={take.error === null ? undefined : errorText(take.error)}>
            <Button loading={take.isPending} onClick={show}>
              {t("replyShow")}
            </Button>
          </DialogFoot>
        </div>
      </Panel>
    );
  }
  return (
    <Panel title={t("replyTitle")}>
      <div className="stack">
        <p className="warn">{t("replyGone")}</p>
        {secretsOf(taken).map(([name, text]) => (
          <SecretText key={name} label={name} text={text} />
        ))}
        <details>
          <summary>{t("replyWhole")}</summary>
          <pre className={styles.code}>{JSON.stringify(taken, null, 2)}</pre>
        </details>
      </div>
    </Panel>
  );
}
