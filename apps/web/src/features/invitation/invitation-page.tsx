import { accounts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { isApiError } from "../../data/api-error.ts";
import { query, queryClient } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useLinkToken } from "../login/link-token.ts";
import { Head } from "../sign-up/head.tsx";
import { AcceptForm } from "./accept-form.tsx";
import { PhoneForm } from "./phone-form.tsx";

/** Behind an invitation's link: name, phone and password, then the code that the phone got. */
export function InvitationPage() {
  const t = useTranslations("signUp.invitation");
  const token = useLinkToken();
  const [email, setEmail] = useState<string>();
  return (
    <Welcome wide>
      <title>{t("title")}</title>
      {email !== undefined ? (
        <Done email={email} />
      ) : token === undefined ? (
        <Head title={t("dead")}>{t("deadText")}</Head>
      ) : (
        <Open token={token} onDone={setEmail} />
      )}
    </Welcome>
  );
}

function Done(props: { email: string }) {
  const t = useTranslations("signUp");
  return (
    <>
      <Head title={t("invitation.doneTitle")}>{t("invitation.doneText", { email: props.email })}</Head>
      <ButtonLink to="/login" h={36}>
        {t("login")}
      </ButtonLink>
    </>
  );
}

function Open(props: { token: string; onDone: (email: string) => void }) {
  const t = useTranslations("signUp.invitation");
  const { token } = props;
  const opened = query(accounts.openInvitation, { body: { token } });
  const invitation = useQuery({ ...opened, staleTime: Number.POSITIVE_INFINITY });
  const [changing, setChanging] = useState(false);
  if (isApiError(invitation.error, "auth.link_invalid"))
    return <Head title={t("dead")}>{t("deadText")}</Head>;
  const keep = (next: accounts.OpenInvitation) => {
    queryClient.setQueryData(opened.queryKey, next);
    setChanging(false);
  };
  return (
    <QueryView query={invitation} what={t("reading")}>
      {(known) =>
        known.step === "phone" && !changing ? (
          <PhoneForm
            token={token}
            invitation={known}
            onChange={() => setChanging(true)}
            onDone={props.onDone}
          />
        ) : (
          <AcceptForm token={token} invitation={known} onAccepted={keep} />
        )
      }
    </QueryView>
  );
}
