import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Welcome } from "../../app/welcome.tsx";
import { isApiError } from "../../data/api-error.ts";
import { call } from "../../data/query.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { useLinkToken } from "./link-token.ts";
import { Refusal } from "./refusal.tsx";
import { useAct } from "./use-act.ts";
import { useLoginStep } from "./use-login-step.ts";

/** Where a mailed log-in link leads. It needs a click, because mail scanners open links too. */
export function LinkPage() {
  const t = useTranslations("login");
  const token = useLinkToken();
  const go = useLoginStep();
  const { busy, error, run } = useAct();
  const dead = token === undefined || isApiError(error, "auth.link_invalid");
  return (
    <Welcome>
      <title>{t("title")}</title>
      <div>
        <h1 className="setup-title">{t("link.here")}</h1>
        <p className="secondary">{token === undefined ? t("link.none") : t("link.hereIntro")}</p>
      </div>
      <Refusal error={error} />
      {dead ? (
        <ButtonLink to="/login" search={{ step: "link" }} h={36}>
          {t("link.another")}
        </ButtonLink>
      ) : (
        <Button
          h={36}
          loading={busy}
          onClick={() => void run(async () => go(await call(accounts.openLoginLink, { body: { token } })))}
        >
          {t("submit")}
        </Button>
      )}
    </Welcome>
  );
}
