import { cameras } from "@gatehouse/contract";
import { Button, PasswordInput, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";

type Detector = cameras.Detector;

const AGAIN = [cameras.listDetectors] as const;

interface Draft {
  readonly name: string;
  readonly licence: string;
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly secret: string;
}

const draftOf = (detector: Detector | undefined): Draft => ({
  name: detector?.name ?? "",
  licence: detector?.licence ?? "",
  url: detector?.remote?.url ?? "",
  allowPrivate: detector?.remote?.allowPrivate ?? false,
  secret: "",
});

/** What people call a detector, and where one is that is elsewhere; without one a new one elsewhere. */
export function DetectorForm(props: { detector: Detector | undefined; onDone: () => void }) {
  const t = useTranslations("detectors");
  const errorText = useErrorText();
  const { detector, onDone } = props;
  const [draft, setDraft] = useState(() => draftOf(detector));
  const [isRemoving, setIsRemoving] = useState(false);
  const add = useCall(cameras.addRemoteDetector, AGAIN);
  const update = useCall(cameras.updateDetector, AGAIN);
  const error = add.error ?? update.error;
  const isRemote = detector === undefined || detector.remote !== undefined;
  const isReady = draft.name.trim() !== "" && (!isRemote || /^https?:\/\/./.test(draft.url));
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const submit = () => {
    if (!isReady) return;
    const { url, allowPrivate, secret, name, licence } = draft;
    const named = { name: name.trim(), licence: licence.trim() };
    const remote = { url: url.trim(), allowPrivate, secret };
    const after = { onSuccess: onDone };
    if (detector === undefined) add.mutate({ body: { ...named, ...remote } }, after);
    else
      update.mutate(
        { params: { id: detector.id }, body: { ...named, ...(isRemote ? { remote } : {}) } },
        after,
      );
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        label={t("name")}
        value={draft.name}
        maxLength={120}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      {isRemote ? (
        <RemoteFields draft={draft} set={set} hasSecret={detector?.remote?.hasSecret === true} />
      ) : (
        <TextInput
          label={t("licence")}
          description={t("licenceHint")}
          value={draft.licence}
          maxLength={200}
          onChange={(event) => set({ licence: event.currentTarget.value })}
        />
      )}
      <DialogFoot
        {...(error === null ? {} : { error: errorText(error) })}
        start={
          detector !== undefined && (
            <Button variant="default" onClick={() => setIsRemoving(true)}>
              {t("remove")}
            </Button>
          )
        }
      >
        <Button type="submit" disabled={!isReady} loading={add.isPending || update.isPending}>
          {detector === undefined ? t("add") : t("save")}
        </Button>
      </DialogFoot>
      {isRemoving && detector !== undefined && (
        <RemoveDialog detector={detector} onClose={() => setIsRemoving(false)} onDone={onDone} />
      )}
    </form>
  );
}

function RemoteFields(props: { draft: Draft; set: (change: Partial<Draft>) => void; hasSecret: boolean }) {
  const t = useTranslations("detectors.remote");
  const { draft, set } = props;
  return (
    <>
      <p className="secondary small">{t("text")}</p>
      <TextInput
        label={t("url")}
        description={t("urlHint")}
        value={draft.url}
        maxLength={2_048}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <PasswordInput
        label={t("secret")}
        description={t(props.hasSecret ? "secretStored" : "secretHint")}
        value={draft.secret}
        autoComplete="new-password"
        onChange={(event) => set({ secret: event.currentTarget.value })}
      />
      <Switch
        label={t("allowPrivate")}
        description={t("allowPrivateHint")}
        checked={draft.allowPrivate}
        onChange={(event) => set({ allowPrivate: event.currentTarget.checked })}
      />
    </>
  );
}

function RemoveDialog(props: { detector: Detector; onClose: () => void; onDone: () => void }) {
  const t = useTranslations("detectors");
  const errorText = useErrorText();
  const { id, name, cameras: users } = props.detector;
  const remove = useCall(cameras.removeDetector, AGAIN);
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("removeTitle", { name })}
      act={t("removeAct", { name })}
      busy={remove.isPending}
      incomplete={users.length > 0}
      {...(remove.error === null ? {} : { error: errorText(remove.error) })}
      onConfirm={() => remove.mutate({ params: { id } }, { onSuccess: props.onDone })}
      onClose={props.onClose}
    >
      {users.length > 0
        ? t("removeUsed", { cameras: users.map((camera) => camera.name).join(", ") })
        : t("removeText")}
    </ConfirmDialog>
  );
}
