import { access, type Language } from "@gatehouse/contract";
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { DialogFoot } from "../../design/dialog-foot.tsx";
import { useErrorText } from "../../design/error-text.ts";
import styles from "./organisations.module.css";

/** A new organisation, founded with the invitation of its first owner. */
export function AddOrganisation(props: { onClose: () => void }) {
  const t = useTranslations("organisations");
  const action = useTranslations("common.action");
  const errorText = useErrorText();
  const locale = useLocale();
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<Language>(locale);
  const [owner, setOwner] = useState({ name: "", email: "", language: locale as Language });
  const create = useCall(access.createTenant, [access.listTenants]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const first = { ...owner, name: owner.name.trim(), email: owner.email.trim() };
    create.mutate({ body: { name: name.trim(), language, owner: first } }, { onSuccess: props.onClose });
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t("newTitle")}
      size={460}
      closeButtonProps={{ "aria-label": action("close") }}
    >
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={t("name")}
          required
          maxLength={120}
          value={name}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <LanguageField label={t("language")} value={language} onChange={setLanguage} />
        <fieldset className={styles.group}>
          <legend>{t("owner")}</legend>
          <p className="secondary small">{t("ownerText")}</p>
          <TextInput
            label={t("ownerName")}
            required
            maxLength={120}
            value={owner.name}
            onChange={(event) => setOwner({ ...owner, name: event.currentTarget.value })}
          />
          <TextInput
            label={t("ownerEmail")}
            type="email"
            required
            maxLength={254}
            value={owner.email}
            onChange={(event) => setOwner({ ...owner, email: event.currentTarget.value })}
          />
          <LanguageField
            label={t("ownerLanguage")}
            value={owner.language}
            onChange={(next) => setOwner({ ...owner, language: next })}
          />
        </fieldset>
        <DialogFoot error={create.error === null ? undefined : errorText(create.error)}>
          <Button variant="default" onClick={props.onClose}>
            {action("cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("create")}
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  );
}

function LanguageField(props: { label: string; value: Language; onChange: (language: Language) => void }) {
  const t = useTranslations("shell.language");
  return (
    <NativeSelect
      label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value === "fr" ? "fr" : "en")}
      data={(["en", "fr"] as const).map((value) => ({ value, label: t(value) }))}
    />
  );
}
