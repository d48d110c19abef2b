import { access, type accounts, ROLE_NAMES, type Role } from "@gatehouse/contract";
import { Button, Modal, NativeSelect, Radio } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { useRoleName } from "../roles/use-words.ts";
import { RIGHTS_READS } from "./rights-reads.ts";

/** The main role, and whether it holds in the whole organisation. */
export function MainRoleDialog(props: {
  person: accounts.PersonEntry;
  rights: access.PersonAccess;
  onClose: () => void;
}) {
  const t = useTranslations("roles");
  const close = useTranslations("common.action");
  const errorText = useErrorText();
  const nameOf = useRoleName();
  const { person, rights, onClose } = props;
  const [role, setRole] = useState<Role>(rights.mainRole);
  const [wide, setWide] = useState(rights.everywhere || rights.mainRole === "customer");
  const roles = useQuery(query(access.listRoles, {})).data?.items ?? [];
  const change = useCall(access.setMainRole, RIGHTS_READS);
  /** A customer's never does, an owner's always does. */
  const isFixed = role === "customer" || role === "owner";
  const everywhere = role === "owner" || (role !== "customer" && wide);
  const isChanged = role !== rights.mainRole || everywhere !== rights.everywhere;
  const isGivable = (name: Role) => roles.find(({ ref }) => ref === name)?.grantable !== false;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged)
      change.mutate({ params: { id: person.id }, body: { role, everywhere } }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("access.changeTitle", { name: person.name })}
      size={440}
      closeButtonProps={{ "aria-label": close("close") }}
    >
      <form className="stack" onSubmit={submit}>
        <NativeSelect
          label={t("access.role")}
          description={t(`text.${role}`)}
          value={role}
          data-autofocus
          onChange={(event) => setRole(ROLE_NAMES.find((one) => one === event.currentTarget.value) ?? role)}
          data={ROLE_NAMES.map((value) => ({
            value,
            label: isGivable(value) ? nameOf(value) : t("access.cannotGive", { role: nameOf(value) }),
            disabled: !isGivable(value) && value !== rights.mainRole,
          }))}
        />
        {isFixed ? (
          <p className="secondary small">{t(role === "owner" ? "access.everywhere" : "access.customer")}</p>
        ) : (
          <Radio.Group
            label={t("access.where")}
            value={wide ? "whole" : "granted"}
            onChange={(value) => setWide(value === "whole")}
          >
            <div className="stack" style={{ marginTop: 6, gap: 8 }}>
              <Radio value="whole" label={t("access.whole")} />
              <Radio value="granted" label={t("access.onlyGranted")} />
            </div>
          </Radio.Group>
        )}
        <DialogFoot error={change.error === null ? undefined : errorText(change.error)}>
          <Button variant="default" onClick={onClose}>
            {close("cancel")}
          </Button>
          <Button type="submit" disabled={!isChanged} loading={change.isPending}>
            {t("access.save")}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
