import { cameras } from "@gatehouse/contract";
import {
  Button,
  MultiSelect,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Switch,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../../data/query.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../../design/dialog-foot.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { FieldGrid } from "../../../design/field-grid.tsx";
import { SideDrawer } from "../../../design/side-drawer.tsx";
import { titleOf } from "../../cameras/camera-title.ts";
import { bodyOf, type Draft, draftOf, EMPTY, KINDS, missingOf } from "./offsite-draft.ts";

type Target = cameras.OffsiteTarget;
type Set = (change: Partial<Draft>) => void;

const AGAIN = [cameras.listOffsiteTargets, cameras.getOffsiteStates] as const;

/** Adds or changes one place for copies. The secret goes in and never comes back. */
export function OffsiteEditor(props: { target: Target | undefined; onClose: () => void }) {
  const t = useTranslations("offsite");
  const errorText = useErrorText();
  const { target, onClose } = props;
  const [draft, setDraft] = useState<Draft>(target === undefined ? EMPTY : draftOf(target));
  const [isTried, setIsTried] = useState(false);
  const [isRemoving, setIsRemoving] = useState(false);
  const create = useCall(cameras.createOffsiteTarget, AGAIN);
  const update = useCall(cameras.updateOffsiteTarget, AGAIN);
  const error = create.error ?? update.error;
  const missing = missingOf(draft, target !== undefined);
  const set: Set = (change) => setDraft({ ...draft, ...change });
  const errorOf = (field: keyof Draft) => (isTried && missing.includes(field) ? t("required") : undefined);
  const submit = () => {
    setIsTried(true);
    if (missing.length > 0) return;
    const body = bodyOf(draft);
    if (target === undefined)
      create.mutate({ body: { ...body, fromStart: draft.fromStart } }, { onSuccess: onClose });
    else update.mutate({ params: { id: target.id }, body }, { onSuccess: onClose });
  };
  return (
    <SideDrawer
      title={target === undefined ? t("addTitle") : t("editTitle")}
      size={520}
      keepOpen
      onClose={onClose}
    >
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <NativeSelect
          label={t("kindLabel")}
          value={draft.kind}
          disabled={target !== undefined}
          onChange={(event) => set({ kind: KINDS.find((one) => one === event.currentTarget.value) ?? "s3" })}
          data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        <TextInput
          label={t("name")}
          value={draft.name}
          maxLength={120}
          error={errorOf("name")}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Address draft={draft} set={set} errorOf={errorOf} isStored={target !== undefined} />
        <Choices draft={draft} set={set} errorOf={errorOf} isNew={target === undefined} />
        <DialogFoot
          sticky
          {...(error === null ? {} : { error: errorText(error) })}
          start={
            target !== undefined && (
              <Button variant="default" onClick={() => setIsRemoving(true)}>
                {t("remove")}
              </Button>
            )
          }
        >
          <Button type="submit" loading={create.isPending || update.isPending}>
            {target === undefined ? t("create") : t("save")}
          </Button>
        </DialogFoot>
      </form>
      {isRemoving && target !== undefined && (
        <RemoveDialog target={target} onClose={() => setIsRemoving(false)} onDone={onClose} />
      )}
    </SideDrawer>
  );
}

interface Part {
  readonly draft: Draft;
  readonly set: Set;
  readonly errorOf: (field: keyof Draft) => string | undefined;
}

function Address({ draft, set, errorOf, isStored }: Part & { isStored: boolean }) {
  const t = useTranslations("offsite.field");
  const text = (
    field: "address" | "region" | "bucket" | "prefix" | "accessKeyId" | "inboxId",
    hint?: string,
  ) => (
    <TextInput
      label={t(field === "address" ? `address_${draft.kind}` : field)}
      {...(hint === undefined ? {} : { description: hint })}
      value={draft[field]}
      error={errorOf(field)}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {text("address")}
      {draft.kind === "s3" ? (
        <>
          <FieldGrid fieldWidth={200}>
            {text("bucket")}
            {text("region")}
            {text("prefix")}
            {text("accessKeyId")}
          </FieldGrid>
          <Switch
            label={t("pathStyle")}
            description={t("pathStyleHint")}
            checked={draft.pathStyle}
            onChange={(event) => set({ pathStyle: event.currentTarget.checked })}
          />
        </>
      ) : (
        text("inboxId", t("inboxIdHint"))
      )}
      <PasswordInput
        label={t(`secret_${draft.kind}`)}
        {...(isStored ? { description: t("stored") } : {})}
        value={draft.secret}
        error={errorOf("secret")}
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

function Choices({ draft, set, errorOf, isNew }: Part & { isNew: boolean }) {
  const t = useTranslations("offsite.field");
  const known = useQuery(query(cameras.listCameras, { query: { limit: "200" } }));
  const number = (field: "megabits" | "keepDays", max: number) => (
    <NumberInput
      label={t(field)}
      description={t(`${field}Hint`)}
      min={0}
      max={max}
      decimalScale={field === "megabits" ? 2 : 0}
      hideControls
      value={draft[field]}
      error={errorOf(field)}
      onChange={(value) => set({ [field]: value })}
    />
  );
  return (
    <>
      <MultiSelect
        label={t("wholeCameras")}
        description={t("wholeCamerasHint")}
        value={[...draft.wholeCameras]}
        onChange={(wholeCameras) => set({ wholeCameras })}
        data={(known.data?.items ?? []).map((camera) => ({ value: camera.id, label: titleOf(camera) }))}
      />
      <FieldGrid fieldWidth={200}>
        {number("megabits", 80_000)}
        {number("keepDays", 36_500)}
      </FieldGrid>
      {isNew && (
        <Switch
          label={t("fromStart")}
          description={t("fromStartHint")}
          checked={draft.fromStart}
          onChange={(event) => set({ fromStart: event.currentTarget.checked })}
        />
      )}
      <Switch
        label={t("enabled")}
        checked={draft.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </>
  );
}

function RemoveDialog(props: { target: Target; onClose: () => void; onDone: () => void }) {
  const t = useTranslations("offsite");
  const errorText = useErrorText();
  const { id, name, done } = props.target;
  const remove = useCall(cameras.removeOffsiteTarget, AGAIN);
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("removeTitle", { name })}
      act={t("removeAct", { name })}
      busy={remove.isPending}
      {...(remove.error === null ? {} : { error: errorText(remove.error) })}
      onConfirm={() => remove.mutate({ params: { id } }, { onSuccess: props.onDone })}
      onClose={props.onClose}
    >
      {t("removeText", { count: done.segments })}
    </ConfirmDialog>
  );
}
