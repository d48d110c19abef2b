import { ledger } from "@gatehouse/contract";
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";

const MIN_KEY_LENGTH = 20;

/** Somebody else's log, to be cosigned from its next checkpoint on. */
export function AddLogDialog(props: { onClose: () => void }) {
  const t = useTranslations("witnesses.addLog");
  const [verifierKey, setVerifierKey] = useState("");
  const add = useCall(ledger.addWitnessedLog, [ledger.listWitnesses]);
  const key = verifierKey.trim();
  return (
    <Dialog
      title={t("title")}
      act={t("add")}
      call={add}
      isComplete={key.length >= MIN_KEY_LENGTH}
      onSubmit={() => add.mutate({ body: { verifierKey: key } }, { onSuccess: props.onClose })}
      onClose={props.onClose}
    >
      <TextInput
        label={t("key")}
        description={t("keyHint")}
        value={verifierKey}
        maxLength={400}
        spellCheck={false}
        data-autofocus
        onChange={(event) => setVerifierKey(event.currentTarget.value)}
      />
    </Dialog>
  );
}

/** The log that follows a restore of somebody else's installation. */
export function RestartDialog(props: { log: ledger.WitnessedLog; onClose: () => void }) {
  const t = useTranslations("witnesses.restartDialog");
  const [verifierKey, setVerifierKey] = useState("");
  const [reason, setReason] = useState("");
  const restart = useCall(ledger.acknowledgeRestart, [ledger.listWitnesses]);
  const body = { verifierKey: verifierKey.trim(), reason: reason.trim() };
  const params = { witnessId: props.log.id };
  return (
    <Dialog
      title={t("title")}
      act={t("act")}
      call={restart}
      isComplete={body.verifierKey.length >= MIN_KEY_LENGTH && body.reason !== ""}
      onSubmit={() => restart.mutate({ params, body }, { onSuccess: props.onClose })}
      onClose={props.onClose}
    >
      <p className="secondary">{t("text")}</p>
      <TextInput
        label={t("key")}
        value={verifierKey}
        maxLength={400}
        spellCheck={false}
        data-autofocus
        onChange={(event) => setVerifierKey(event.currentTarget.value)}
      />
      <TextInput
        label={t("reason")}
        value={reason}
        maxLength={200}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  );
}

function Dialog(props: {
  title: string;
  act: string;
  call: { readonly error: Error | null; readonly isPending: boolean };
  isComplete: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const common = useTranslations("common.action");
  const errorText = useErrorText();
  const { call, isComplete } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) props.onSubmit();
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={520}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      <form className="stack" onSubmit={submit}>
        {props.children}
        <DialogFoot error={call.error === null ? undefined : errorText(call.error)}>
          <Button type="submit" disabled={!isComplete} loading={call.isPending}>
            {props.act}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
