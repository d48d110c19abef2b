import { access } from "@gatehouse/contract";
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { queryClient, useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { useErrorText } from "../../design/error-text.ts";

const ACTS = ["approve", "refuse", "carryOut", "withdraw"] as const;
type Act = (typeof ACTS)[number];

/** What this person can do with the request now; each asks first, a decision needs its reason. */
export function ApprovalActs(props: { approval: access.Approval }) {
  const t = useTranslations("approvals");
  const [asking, setAsking] = useState<Act>();
  const { approval } = props;
  const acts = ACTS.filter((act) => approval.may[act]);
  if (acts.length === 0) return null;
  return (
    <div className="row row-wrap">
      {acts.map((act) => (
        <Button
          key={act}
          variant={act === "approve" || act === "carryOut" ? "filled" : "default"}
          onClick={() => setAsking(act)}
        >
          {t(act === "approve" ? "approveOpen" : act)}
        </Button>
      ))}
      {asking !== undefined && (
        <ActDialog key={asking} act={asking} id={approval.id} onClose={() => setAsking(undefined)} />
      )}
    </div>
  );
}

function ActDialog(props: { act: Act; id: string; onClose: () => void }) {
  const t = useTranslations("approvals");
  const errorText = useErrorText();
  const { act, id, onClose } = props;
  const [reason, setReason] = useState("");
  const approve = useCall(access.approve);
  const refuse = useCall(access.refuse);
  const carryOut = useCall(access.carryOut);
  const withdraw = useCall(access.withdraw);
  const { error, isPending } = { approve, refuse, carryOut, withdraw }[act];
  /** What was carried out may have changed anything on screen. */
  const done = {
    onSuccess: () => {
      onClose();
      void queryClient.invalidateQueries();
    },
  };
  const params = { id };
  const body = { reason: reason.trim() };
  const confirm = {
    approve: () => approve.mutate({ params, body }, done),
    refuse: () => refuse.mutate({ params, body }, done),
    carryOut: () => carryOut.mutate({ params, body }, done),
    withdraw: () => withdraw.mutate({ params, body: {} }, done),
  }[act];
  const needsReason = act !== "withdraw";
  return (
    <ConfirmDialog
      opened
      title={t(`${act}Title`)}
      act={act === "approve" ? t("approve") : t(`${act}Act`)}
      busy={isPending}
      error={error === null ? undefined : errorText(error)}
      incomplete={needsReason && body.reason === ""}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="stack">
        <p>{t(`${act}Text`)}</p>
        {needsReason && (
          <Textarea
            label={t("reason")}
            description={t("reasonHint")}
            required
            autosize
            minRows={2}
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value.replaceAll("\n", " "))}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}
