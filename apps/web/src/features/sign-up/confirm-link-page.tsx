import { accounts } from "@gatehouse/contract";
import { Button, PasswordInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { isApiError } from "../../data/api-error.ts";
import { call, query, queryClient } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { useLinkToken } from "../login/link-token.ts";
import { Refusal } from "../login/refusal.tsx";
import { useAct } from "../login/use-act.ts";
import { useWait } from "../login/use-wait.ts";

/** Behind the link that confirms an address at sign-up: a click, and in another browser the password too. */
export function ConfirmLinkPage() {
  const t = useTranslations("signUp");
  const login = useTranslations("login");
  const token = useLinkToken();
  const navigate = useNavigate();
  const [elsewhere, setElsewhere] = useState(false);
  const [password, setPassword] = useState("");
  const { busy, error, run } = useAct();
  const waitMs = useWait(error);
  const dead = token === undefined || isApiError(error, "auth.link_invalid");
  const confirm = async () => {
    if (token === undefined) return;
    const body = elsewhere ? { token, password } : { token };
    try {
      const progress = await call(accounts.confirmSignUpEmail, { body });
      queryClient.setQueryData(query(accounts.getSignUpProgress, {}).queryKey, progress);
      await navigate({ to: "/sign-up", replace: true });
    } catch (caught) {
      if (!elsewhere && isApiError(caught, "sign_up.other_browser")) setElsewhere(true);
      else throw caught;
    }
  };
  const intro = token === undefined ? login("link.none") : t(elsewhere ? "linkPassword" : "linkIntro");
  return (
    <Welcome>
      <title>{t("linkTitle")}</title>
      <div>
        <h1 className="setup-title">{t("linkTitle")}</h1>
        <p className="secondary" role="status">
          {intro}
        </p>
      </div>
      {dead ? (
        <>
          <Refusal error={error} />
          <ButtonLink to="/sign-up" h={36}>
            {t("title")}
          </ButtonLink>
        </>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (waitMs === 0) void run(confirm);
          }}
        >
          {elsewhere && (
            <PasswordInput
              label={t("password")}
              autoComplete="current-password"
              maxLength={512}
              visibilityToggleButtonProps={{ "aria-label": login("show") }}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
          <Refusal error={error} waitMs={waitMs} />
          <Button type="submit" h={36} disabled={waitMs > 0 || (elsewhere && password === "")} loading={busy}>
            {t("confirm")}
          </Button>
        </form>
      )}
    </Welcome>
  );
}
