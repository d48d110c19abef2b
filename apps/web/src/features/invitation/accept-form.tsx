import { accounts } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { localePreference } from "../../i18n/locale.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { NewPassword } from "../account/new-password.tsx";
import { Refusal } from "../login/refusal.tsx";
import { useAct } from "../login/use-act.ts";
import { useWait } from "../login/use-wait.ts";
import { Head } from "../sign-up/head.tsx";
import { isPhone } from "../sign-up/phone.ts";

/** Who one is, how one is reached, and the password. */
export function AcceptForm(props: {
  token: string;
  invitation: accounts.OpenInvitation;
  onAccepted: (invitation: accounts.OpenInvitation) => void;
}) {
  const t = useTranslations("signUp");
  const roles = useTranslations("people.role");
  const format = useFormat();
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const { token, invitation } = props;
  const form = useForm({
    initialValues: { name: invitation.name, phone: "", password: "" },
    validate: {
      name: (value) => (value.trim() === "" ? t("required") : null),
      phone: (value) => (isPhone(value) ? null : t("phoneInvalid")),
      password: (value) => (value === "" ? t("required") : null),
    },
  });
  const submit = form.onSubmit(({ name, phone, password }) => {
    if (waitMs > 0) return;
    const language = localePreference.get();
    const body = { token, name: name.trim(), phone: phone.trim(), password, language };
    void run(async () => props.onAccepted(await call(accounts.acceptInvitation, { body })));
  });
  const { organisation, email, role, expiresMs } = invitation;
  return (
    <>
      <Head title={t("invitation.titleFrom", { organisation })}>
        {t("invitation.intro", { role: roles(role), time: format.dateMinute(expiresMs) })}
      </Head>
      <form className="stack" onSubmit={submit} noValidate>
        <p className="secondary small anywhere">{t("invitation.for", { email })}</p>
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <TextInput label={t("name")} autoComplete="name" maxLength={120} {...form.getInputProps("name")} />
        <TextInput
          label={t("phone")}
          description={t("phoneHint")}
          type="tel"
          autoComplete="tel"
          maxLength={32}
          {...form.getInputProps("phone")}
        />
        <NewPassword
          label={t("password")}
          value={form.values.password}
          context={[form.values.name, email, organisation]}
          error={form.errors.password as string | undefined}
          onChange={(next) => form.setFieldValue("password", next)}
        />
        <Refusal error={error} waitMs={waitMs} />
        <Button type="submit" h={36} disabled={waitMs > 0} loading={busy}>
          {t("invitation.act")}
        </Button>
      </form>
    </>
  );
}
