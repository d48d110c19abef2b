import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { call } from "../../data/query.ts";
import { CodeForm } from "../login/code-form.tsx";
import { Head } from "../sign-up/head.tsx";

/** The code that the phone got; another one is sent by giving the details again. */
export function PhoneForm(props: {
  token: string;
  invitation: accounts.OpenInvitation;
  onChange: () => void;
  onDone: (email: string) => void;
}) {
  const t = useTranslations("signUp");
  const { token, invitation } = props;
  return (
    <>
      <Head title={t("phoneTitle")}>{t("phoneText", { to: invitation.sentTo ?? "" })}</Head>
      <CodeForm
        label={t("code")}
        act={t("confirm")}
        onAnswer={async (code) => {
          const { email } = await call(accounts.confirmInvitation, { body: { token, code } });
          props.onDone(email);
        }}
      />
      <div>
        <Button variant="default" onClick={props.onChange}>
          {t("invitation.change")}
        </Button>
      </div>
    </>
  );
}
