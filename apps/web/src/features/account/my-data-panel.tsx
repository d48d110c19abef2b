import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { call, query, useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { Refusal } from "../login/refusal.tsx";
import { useAct } from "../login/use-act.ts";
import { saveText } from "./save-text.ts";

/** Everything that is held about oneself, to take along; and having it erased. */
export function MyDataPanel() {
  const t = useTranslations("account.data");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const details = useQuery(query(accounts.getOwnDetails, {}));
  const erase = useCall(accounts.requestErasure, [accounts.getOwnDetails]);
  const save = useAct();
  const erasure = details.data?.erasure;
  const exportData = async () => {
    /** The endpoint answers a document, which the client gives as its text. */
    const text = (await call(accounts.exportMe, { body: {} })) as unknown as string;
    saveText("gatehouse-my-data.json", "application/json", text);
  };
  return (
    <Panel title={t("title")}>
      <div className="stack">
        <p className="secondary">{t("exportText")}</p>
        <Refusal error={save.error} />
        <div>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden="true" />}
            loading={save.busy}
            onClick={() => void save.run(exportData)}
          >
            {t("export")}
          </Button>
        </div>
        {erasure?.state === "requested" ? (
          <Erasure dueMs={erasure.dueMs} />
        ) : (
          <>
            <p className="secondary">{t("eraseText")}</p>
            <div>
              <Button variant="danger" onClick={() => setAsking(true)}>
                {t("erase")}
              </Button>
            </div>
          </>
        )}
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("eraseTitle")}
        act={t("erase")}
        destructive
        busy={erase.isPending}
        error={erase.error === null ? undefined : errorText(erase.error)}
        onConfirm={() => erase.mutate({ body: {} }, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t("eraseWhat")}
      </ConfirmDialog>
    </Panel>
  );
}

/** Asked for, and still to be taken back. */
function Erasure(props: { dueMs: number }) {
  const t = useTranslations("account.data");
  const format = useFormat();
  const withdraw = useCall(accounts.withdrawErasure, [accounts.getOwnDetails]);
  return (
    <>
      <p role="status" className="warn">
        {t("eraseDue", { time: format.dateMinute(props.dueMs) })}
      </p>
      <Refusal error={withdraw.error} />
      <div>
        <Button loading={withdraw.isPending} onClick={() => withdraw.mutate({})}>
          {t("eraseWithdraw")}
        </Button>
      </div>
    </>
  );
}
