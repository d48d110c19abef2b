import { accounts, ROLE_NAMES, type Role } from "@gatehouse/contract";
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";

/** Staff only: customers sign up themselves. */
const STAFF = ROLE_NAMES.filter((role) => role !== "customer");

/** Invites somebody by mail; the role holds once they have confirmed address and phone. */
export function InviteDialog(props: { onClose: () => void }) {
  const t = useTranslations("people");
  const action = useTranslations("common.action");
  const errorText = useErrorText();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const invite = useCall(accounts.invite, [accounts.listInvitations]);
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("invitation.invite")}
      size={420}
      closeButtonProps={{ "aria-label": action("close") }}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate(
            { body: { name: name.trim(), email: email.trim(), role } },
            { onSuccess: props.onClose },
          );
        }}
      >
        <TextInput
          label={t("name")}
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t("email")}
          type="email"
          required
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("roleLabel")}
          description={t(`roleText.${role as (typeof STAFF)[number]}`)}
          value={role}
          onChange={(event) => setRole(STAFF.find((one) => one === event.currentTarget.value) ?? "operator")}
          data={STAFF.map((value) => ({ value, label: t(`role.${value}`) }))}
        />
        <p className="secondary small">{t("invitation.text")}</p>
        <DialogFoot error={invite.error === null ? undefined : errorText(invite.error)}>
          <Button variant="default" onClick={props.onClose}>
            {action("cancel")}
          </Button>
          <Button type="submit" loading={invite.isPending}>
            {t("invitation.send")}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}
