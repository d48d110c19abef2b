import { cameras } from "@gatehouse/contract";
import { Button, NumberInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { CopyButton } from "../../../design/copy-button.tsx";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { SideDrawer } from "../../../design/side-drawer.tsx";
import { useFormat } from "../../../i18n/provider.tsx";

type Inbox = cameras.OffsiteInbox;

const GIGABYTE = 1_000_000_000;
const AGAIN = [cameras.listOffsiteInboxes] as const;

/** Adds or changes one inbox for copies. */
export function InboxEditor(props: { inbox: Inbox | undefined; onClose: () => void }) {
  const t = useTranslations("offsite.inbox");
  const errorText = useErrorText();
  const { inbox, onClose } = props;
  const [name, setName] = useState(inbox?.name ?? "");
  const [gigabytes, setGigabytes] = useState<number | string>((inbox?.capBytes ?? 50 * GIGABYTE) / GIGABYTE);
  const [keepDays, setKeepDays] = useState<number | string>(inbox?.keepDays ?? 30);
  const [senderKey, setSenderKey] = useState(inbox?.senderKey ?? "");
  const [isRemoving, setIsRemoving] = useState(false);
  const create = useCall(cameras.createOffsiteInbox, AGAIN);
  const update = useCall(cameras.updateOffsiteInbox, AGAIN);
  const error = create.error ?? update.error;
  const isComplete = name.trim() !== "" && typeof gigabytes === "number" && typeof keepDays === "number";
  const submit = () => {
    if (!isComplete) return;
    const capBytes = Math.round(gigabytes * GIGABYTE);
    const body = { name: name.trim(), capBytes, keepDays, senderKey: senderKey.trim() };
    if (inbox === undefined) create.mutate({ body }, { onSuccess: onClose });
    else update.mutate({ params: { id: inbox.id }, body }, { onSuccess: onClose });
  };
  return (
    <SideDrawer
      title={t(inbox === undefined ? "addTitle" : "editTitle")}
      size={520}
      keepOpen
      onClose={onClose}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="secondary small">{t("text")}</p>
        {inbox !== undefined && (
          <div className="row">
            <span className="mono small anywhere">{inbox.id}</span>
            <CopyButton text={inbox.id} label={t("copyId")} />
          </div>
        )}
        <TextInput
          label={t("name")}
          value={name}
          maxLength={120}
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FieldGrid fieldWidth={200}>
          <NumberInput
            label={t("cap")}
            description={t("capHint")}
            min={0.001}
            max={9_000_000}
            decimalScale={3}
            hideControls
            value={gigabytes}
            onChange={setGigabytes}
          />
          <NumberInput
            label={t("keep")}
            description={t("keepHint")}
            min={0}
            max={36_500}
            allowDecimal={false}
            hideControls
            value={keepDays}
            onChange={setKeepDays}
          />
        </FieldGrid>
        <Textarea
          label={t("senderKey")}
          description={t("senderKeyHint")}
          autosize
          spellCheck={false}
          maxLength={300}
          value={senderKey}
          onChange={(event) => setSenderKey(event.currentTarget.value)}
        />
        <DialogFoot
          sticky
          {...(error === null ? {} : { error: errorText(error) })}
          start={
            inbox !== undefined && (
              <Button variant="default" onClick={() => setIsRemoving(true)}>
                {t("remove")}
              </Button>
            )
          }
        >
          <Button type="submit" disabled={!isComplete} loading={create.isPending || update.isPending}>
            {t(inbox === undefined ? "create" : "save")}
          </Button>
        </DialogFoot>
      </form>
      {isRemoving && inbox !== undefined && (
        <RemoveDialog inbox={inbox} onClose={() => setIsRemoving(false)} onDone={onClose} />
      )}
    </SideDrawer>
  );
}

function RemoveDialog(props: { inbox: Inbox; onClose: () => void; onDone: () => void }) {
  const t = useTranslations("offsite.inbox");
  const errorText = useErrorText();
  const format = useFormat();
  const { id, name, copies, bytes } = props.inbox;
  const remove = useCall(cameras.removeOffsiteInbox, AGAIN);
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("removeAct", { name })}
      act={t("removeAct", { name })}
      busy={remove.isPending}
      {...(remove.error === null ? {} : { error: errorText(remove.error) })}
      onConfirm={() => remove.mutate({ params: { id } }, { onSuccess: props.onDone })}
      onClose={props.onClose}
    >
      {t("removeText", { count: copies, bytes: format.bytes(bytes) })}
    </ConfirmDialog>
  );
}
