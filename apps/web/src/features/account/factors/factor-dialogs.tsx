import { accounts } from "@gatehouse/contract";
import { Button, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { call, useCall } from "../../../data/query.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { useAct } from "../../login/use-act.ts";
import { type NewFactor, SetUpFactor } from "./add-factor.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";

export type Removable =
  | { readonly kind: "passkey"; readonly passkey: accounts.Passkey }
  | { readonly kind: "totp" | accounts.SentFactor };

function Dialog(props: { title: string; keep?: boolean; onClose: () => void; children: ReactNode }) {
  const t = useTranslations("common.action");
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size={480}
      closeOnClickOutside={props.keep !== true}
      closeOnEscape={props.keep !== true}
      withCloseButton={props.keep !== true}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {props.children}
    </Modal>
  );
}

export function AddDialog(props: {
  factor: NewFactor;
  factors: accounts.Factors;
  onAdded: (added: accounts.FactorAdded) => void;
  onClose: () => void;
}) {
  const t = useTranslations("factors");
  return (
    <Dialog title={t(`set.${props.factor}`)} onClose={props.onClose}>
      <SetUpFactor factor={props.factor} factors={props.factors} onAdded={props.onAdded} />
    </Dialog>
  );
}

/** Closes only by its button: the codes are shown this one time. */
export function CodesDialog(props: { codes: readonly string[]; onClose: () => void }) {
  const t = useTranslations("factors.recovery");
  return (
    <Dialog title={t("title")} keep onClose={props.onClose}>
      <div className="stack">
        <p className="secondary">{t("intro")}</p>
        <RecoveryCodes codes={props.codes} act={t("done")} onKept={props.onClose} />
      </div>
    </Dialog>
  );
}

export function RenameDialog(props: {
  passkey: accounts.Passkey;
  onDone: (factors: accounts.Factors) => void;
  onClose: () => void;
}) {
  const t = useTranslations("factors");
  const action = useTranslations("common.action");
  const errorText = useErrorText();
  const [name, setName] = useState(props.passkey.name);
  const rename = useCall(accounts.renamePasskey);
  const submit = () =>
    rename.mutate(
      { params: { id: props.passkey.id }, body: { name: name.trim() } },
      { onSuccess: props.onDone },
    );
  return (
    <Dialog title={t("renameOne", { name: props.passkey.name })} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") submit();
        }}
      >
        <TextInput
          label={t("passkeyName")}
          maxLength={60}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <DialogFoot error={rename.error === null ? undefined : errorText(rename.error)}>
          <Button variant="default" onClick={props.onClose}>
            {action("cancel")}
          </Button>
          <Button type="submit" disabled={name.trim() === ""} loading={rename.isPending}>
            {t("rename")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function remove(factor: Removable): Promise<accounts.Factors> {
  switch (factor.kind) {
    case "passkey":
      return call(accounts.removePasskey, { params: { id: factor.passkey.id } });
    case "totp":
      return call(accounts.removeTotp, {});
    case "email":
    case "sms":
      return call(accounts.removeSentCodes, { params: { medium: factor.kind } });
  }
}

export function RemoveDialog(props: {
  factor: Removable;
  onDone: (factors: accounts.Factors) => void;
  onClose: () => void;
}) {
  const t = useTranslations("factors");
  const errorText = useErrorText();
  const { factor } = props;
  const name = factor.kind === "passkey" ? factor.passkey.name : t(`name.${factor.kind}`);
  const { busy, error, run } = useAct();
  return (
    <ConfirmDialog
      opened
      title={t("removeOne", { name })}
      act={t("remove")}
      destructive
      busy={busy}
      error={error === undefined ? undefined : errorText(error)}
      onConfirm={() => void run(async () => props.onDone(await remove(factor)))}
      onClose={props.onClose}
    >
      {t(`removeText.${factor.kind}`)}
    </ConfirmDialog>
  );
}

export function RenewDialog(props: { onDone: (codes: readonly string[]) => void; onClose: () => void }) {
  const t = useTranslations("factors.recovery");
  const errorText = useErrorText();
  const renew = useCall(accounts.renewRecoveryCodes);
  return (
    <ConfirmDialog
      opened
      title={t("renewTitle")}
      act={t("renew")}
      busy={renew.isPending}
      error={renew.error === null ? undefined : errorText(renew.error)}
      onConfirm={() => renew.mutate({}, { onSuccess: ({ recoveryCodes }) => props.onDone(recoveryCodes) })}
      onClose={props.onClose}
    >
      {t("renewText")}
    </ConfirmDialog>
  );
}
