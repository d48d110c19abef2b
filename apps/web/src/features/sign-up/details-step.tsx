import { Button, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { type Locale, localePreference } from "../../i18n/locale.ts";
import { NewPassword } from "../account/new-password.tsx";
import { Refusal } from "../login/refusal.tsx";
import { useAct } from "../login/use-act.ts";
import { useWait } from "../login/use-wait.ts";
import { isEmail, isPhone } from "./phone.ts";

export interface Details {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly address: string;
  readonly identityNumber?: string;
  readonly password: string;
  readonly language: Locale;
}

/** Who one is and how one is reached. */
export function DetailsStep(props: {
  organisation: string;
  onSubmit: (details: Details) => Promise<unknown>;
}) {
  const t = useTranslations("signUp");
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const required = (value: string) => (value.trim() === "" ? t("required") : null);
  const form = useForm({
    initialValues: { name: "", email: "", phone: "", address: "", identityNumber: "", password: "" },
    validate: {
      name: required,
      email: (value) => (isEmail(value) ? null : t("emailInvalid")),
      phone: (value) => (isPhone(value) ? null : t("phoneInvalid")),
      address: required,
      password: required,
    },
  });
  const submit = form.onSubmit(({ identityNumber, ...values }) => {
    if (waitMs > 0) return;
    const number = identityNumber.trim();
    void run(async () => {
      await props.onSubmit({
        ...values,
        name: values.name.trim(),
        email: values.email.trim(),
        phone: values.phone.trim(),
        address: values.address.trim(),
        ...(number === "" ? {} : { identityNumber: number }),
        language: localePreference.get(),
      });
    });
  });
  const { name, email, password } = form.values;
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TextInput label={t("name")} autoComplete="name" maxLength={120} {...form.getInputProps("name")} />
      <TextInput
        label={t("email")}
        type="email"
        autoComplete="username"
        maxLength={254}
        {...form.getInputProps("email")}
      />
      <TextInput
        label={t("phone")}
        description={t("phoneHint")}
        type="tel"
        autoComplete="tel"
        maxLength={32}
        {...form.getInputProps("phone")}
      />
      <Textarea
        label={t("address")}
        autoComplete="street-address"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        {...form.getInputProps("address")}
      />
      <TextInput
        label={t("identityNumber")}
        autoComplete="off"
        maxLength={64}
        {...form.getInputProps("identityNumber")}
      />
      <NewPassword
        label={t("password")}
        value={password}
        context={[name, email, props.organisation]}
        error={form.errors.password as string | undefined}
        onChange={(next) => form.setFieldValue("password", next)}
      />
      <Refusal error={error} waitMs={waitMs} />
      <Button type="submit" h={36} disabled={waitMs > 0} loading={busy}>
        {t("act")}
      </Button>
      <p className="secondary small">
        {t("haveAccount")}{" "}
        <Link to="/login" className="link">
          {t("login")}
        </Link>
      </p>
    </form>
  );
}
