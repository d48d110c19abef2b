import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { query, queryClient, useCall } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { localePreference } from "../../i18n/locale.ts";
import { PasswordStrength } from "../account/password-strength.tsx";
import styles from "./setup.module.css";
import { StepHead } from "./setup-frame.tsx";

/** The owner's account, made with the one-time token. */
export function AdministratorStep(props: { token: string; onDone: () => void }) {
  const t = useTranslations("setup.administrator");
  const login = useTranslations("login");
  const errorText = useErrorText();
  const create = useCall(accounts.completeSetup);
  const required = (value: string) => (value.trim() === "" ? t("required") : null);
  const form = useForm({
    initialValues: { organisation: "", name: "", email: "", password: "" },
    validate: {
      organisation: required,
      name: required,
      email: (value) => (/^[^\s@]+@[^\s@]+$/.test(value) ? null : t("emailInvalid")),
      password: required,
    },
  });

  if (props.token === "") return <StepHead title={t("tokenTitle")}>{t("noToken")}</StepHead>;
  const submit = form.onSubmit((values) => {
    const body = { ...values, token: props.token, language: localePreference.get() };
    create.mutate(
      { body },
      {
        onSuccess: (me) => {
          queryClient.setQueryData(query(accounts.getMe, {}).queryKey, me);
          queryClient.setQueryData(
            query(accounts.getSetup, {}).queryKey,
            (known) => known && { ...known, needed: false },
          );
          props.onDone();
        },
      },
    );
  });
  const { organisation, name, email, password } = form.values;
  return (
    <>
      <StepHead title={t("title")}>{t("intro")}</StepHead>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextInput
          label={t("organisation")}
          autoComplete="organization"
          maxLength={120}
          {...form.getInputProps("organisation")}
        />
        <TextInput label={t("name")} autoComplete="name" maxLength={120} {...form.getInputProps("name")} />
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
          maxLength={254}
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("password")}
          description={t("passwordHint")}
          autoComplete="new-password"
          maxLength={512}
          visibilityToggleButtonProps={{ "aria-label": login("show") }}
          {...form.getInputProps("password")}
        />
        <PasswordStrength password={password} context={[organisation, name, email]} />
        {create.error !== null && (
          <p role="alert" className="danger">
            {errorText(create.error)}
          </p>
        )}
        <Button type="submit" h={36} loading={create.isPending}>
          {t("submit")}
        </Button>
      </form>
    </>
  );
}
