import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { isApiError } from "../../data/api-error.ts";
import { call } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { NewPassword } from "../account/new-password.tsx";
import { useLinkToken } from "./link-token.ts";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";

/** Where a mailed link to choose a password leads. */
export function ResetPage() {
  const t = useTranslations("login");
  const token = useLinkToken();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const { busy, error, run } = useAct();
  const dead = token === undefined || isApiError(error, "auth.link_invalid");
  const reset = async () => {
    if (token === undefined) return;
    await call(accounts.resetPassword, { body: { token, password } });
    setDone(true);
  };
  return (
    <Welcome>
      <title>{t("reset.title")}</title>
      <div>
        <h1 className="setup-title">{done ? t("reset.done") : t("reset.title")}</h1>
        <p className="secondary">
          {done ? t("reset.doneText") : token === undefined ? t("link.none") : t("reset.intro")}
        </p>
      </div>
      {done && (
        <ButtonLink to="/login" h={36}>
          {t("submit")}
        </ButtonLink>
      )}
      {!done && dead && (
        <>
          <Refusal error={error} />
          <ButtonLink to="/login" search={{ step: "forgot" }} h={36}>
            {t("link.another")}
          </ButtonLink>
        </>
      )}
      {!done && !dead && (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void run(reset);
          }}
        >
          <NewPassword label={t("reset.label")} value={password} context={[]} onChange={setPassword} />
          <Refusal error={error} />
          <Button type="submit" h={36} disabled={password === ""} loading={busy}>
            {t("reset.act")}
          </Button>
        </form>
      )}
    </Welcome>
  );
}
