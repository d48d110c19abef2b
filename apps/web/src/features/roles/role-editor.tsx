import { access } from "@gatehouse/contract";
import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { concerns, type Givable, isGivable, maysEverywhere } from "./permission-groups.ts";
import { PermissionPicker } from "./permission-picker.tsx";
import { useRoleName } from "./use-words.ts";

type Role = access.RoleInfo;

const READ_AGAIN = [access.listRoles, access.getPersonAccess] as const;

/** A role of the organisation: new (perhaps like another) or changed. Only what one may do oneself can be put in. */
export function RoleEditor(props: {
  role: Role | undefined;
  like: Role | undefined;
  copy: ReactNode;
  onClose: () => void;
}) {
  const t = useTranslations("roles");
  const errorText = useErrorText();
  const nameOf = useRoleName();
  const me = useMe();
  const { role, like, onClose } = props;
  const begun = role ?? like;
  const [name, setName] = useState(
    role?.name ?? (like === undefined ? "" : t("copyName", { name: nameOf(like.ref, like.name) })),
  );
  const [description, setDescription] = useState(begun?.description ?? "");
  const [permissions, setPermissions] = useState<Givable[]>(() =>
    (begun?.permissions ?? []).filter(isGivable),
  );
  const [removing, setRemoving] = useState(false);
  const create = useCall(access.createRole, READ_AGAIN);
  const update = useCall(access.updateRole, READ_AGAIN);
  const may = (permission: Givable) => maysEverywhere(me.access, permission);
  const exceeds = permissions.some((one) => concerns(me.host, one) && !may(one));
  const error = create.error ?? update.error;
  const problem = error === null ? (exceeds ? t("exceeds") : undefined) : errorText(error);
  const isReady = name.trim() !== "" && !exceeds;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const body = { name: name.trim(), description: description.trim(), permissions };
    if (role === undefined) create.mutate({ body }, { onSuccess: onClose });
    else
      update.mutate(
        { params: { id: role.ref }, body: { ...body, updatedMs: role.updatedMs ?? 0 } },
        { onSuccess: onClose },
      );
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label={t("name")}
        required
        maxLength={60}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t("description")}
        autosize
        maxLength={200}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <PermissionPicker
        label={t("may")}
        value={permissions}
        onChange={setPermissions}
        whyNot={(permission) => (may(permission) ? undefined : t("notYours"))}
      />
      <DialogFoot
        sticky
        error={problem}
        start={
          <span className="row row-wrap">
            {role !== undefined && (
              <Button variant="default" disabled={role.people > 0} onClick={() => setRemoving(true)}>
                {t("delete")}
              </Button>
            )}
            {props.copy}
          </span>
        }
      >
        <Button type="submit" disabled={!isReady} loading={create.isPending || update.isPending}>
          {t(role === undefined ? "create" : "save")}
        </Button>
      </DialogFoot>
      {role !== undefined && role.people > 0 && <p className="secondary small">{t("inUse")}</p>}
      {role !== undefined && removing && (
        <RemoveRole role={role} onClose={() => setRemoving(false)} onRemoved={onClose} />
      )}
    </form>
  );
}

function RemoveRole(props: { role: Role; onClose: () => void; onRemoved: () => void }) {
  const t = useTranslations("roles");
  const errorText = useErrorText();
  const remove = useCall(access.removeRole, READ_AGAIN);
  const { ref, name = "" } = props.role;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("deleteTitle", { name })}
      act={t("deleteAct", { name })}
      busy={remove.isPending}
      error={remove.error === null ? undefined : errorText(remove.error)}
      onConfirm={() => remove.mutate({ params: { id: ref } }, { onSuccess: props.onRemoved })}
      onClose={props.onClose}
    >
      {t("deleteText")}
    </ConfirmDialog>
  );
}
