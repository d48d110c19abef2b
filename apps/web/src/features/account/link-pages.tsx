import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { call, invalidate } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { useLinkToken } from "../login/link-token.ts";
import { Refusal } from "../login/refusal.tsx";
import { useAct } from "../login/use-act.ts";

/** The page behind a mailed link that confirms one act by a click, because mail scanners open links too. */
function LinkAct(props: {
  title: string;
  intro: string;
  act: string;
  done: { title: string; text: string; next: ReactNode };
  onAct: (token: string) => Promise<unknown>;
}) {
  const t = useTranslations("login.link");
  const token = useLinkToken();
  const [done, setDone] = useState(false);
  const { busy, error, run } = useAct();
  const act = async () => {
    if (token === undefined) return;
    await props.onAct(token);
    setDone(true);
  };
  const text = done ? props.done.text : token === undefined ? t("none") : props.intro;
  return (
    <Welcome>
      <title>{props.title}</title>
      <div>
        <h1 className="setup-title">{done ? props.done.title : props.title}</h1>
        <p className="secondary">{text}</p>
      </div>
      <Refusal error={error} />
      {done && props.done.next}
      {!done && token !== undefined && (
        <Button h={36} loading={busy} onClick={() => void run(act)}>
          {props.act}
        </Button>
      )}
    </Welcome>
  );
}

/** Behind the link to a new e-mail address. */
export function EmailLinkPage() {
  const t = useTranslations("account.emailLink");
  return (
    <LinkAct
      title={t("title")}
      intro={t("intro")}
      act={t("act")}
      done={{
        title: t("done"),
        text: t("doneText"),
        next: (
          <ButtonLink to="/account" h={36}>
            {t("next")}
          </ButtonLink>
        ),
      }}
      onAct={async (token) => {
        await call(accounts.confirmEmail, { body: { token } });
        await invalidate(accounts.getMe, accounts.getOwnDetails);
      }}
    />
  );
}

/** Behind the link that the old address or number got. */
export function RevertPage() {
  const t = useTranslations("account.revert");
  return (
    <LinkAct
      title={t("title")}
      intro={t("intro")}
      act={t("act")}
      done={{
        title: t("done"),
        text: t("doneText"),
        next: (
          <ButtonLink to="/login" search={{ step: "forgot" }} h={36}>
            {t("next")}
          </ButtonLink>
        ),
      }}
      onAct={(token) => call(accounts.revertChange, { body: { token } })}
    />
  );
}
