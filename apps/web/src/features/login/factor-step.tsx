import { accounts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { isApiError } from "../../data/api-error.ts";
import { useNow } from "../../data/now.ts";
import { call, query, queryClient } from "../../data/query.ts";
import { QueryView } from "../../design/query-view.tsx";
import { type Confirmation, ConfirmFactor } from "./confirm-factor.tsx";
import styles from "./login.module.css";
import { readPasskey } from "./passkeys.ts";
import { useLoginStep } from "./use-login-step.ts";

const route = getRouteApi("/login");

/** The second step of a log-in that this browser has half done. */
export function FactorStep() {
  const t = useTranslations("login");
  const { next } = route.useSearch();
  const keep = next === undefined ? {} : { next };
  const login = useQuery({ ...query(accounts.getLogin, {}), staleTime: Number.POSITIVE_INFINITY });
  const nowMs = useNow();
  const confirmation = useConfirmation();
  const over = login.data?.step === "factor_needed" && nowMs >= login.data.expiresMs;
  if (over || isApiError(login.error, "auth.login_expired"))
    return <Navigate to="/login" search={{ ...keep, expired: "1" }} replace />;
  const startAgain = () => {
    void call(accounts.cancelLogin, {}).catch(() => undefined);
    queryClient.removeQueries({ queryKey: query(accounts.getLogin, {}).queryKey });
  };
  return (
    <>
      <div>
        <h1 className="setup-title">{t("factor.title")}</h1>
        <p className="secondary">{t("factor.intro")}</p>
      </div>
      <QueryView query={login} what={t("factor.reading")}>
        {(step) =>
          step.step === "factor_needed" ? (
            <ConfirmFactor factors={step.factors} confirmation={confirmation} act={t("submit")} />
          ) : null
        }
      </QueryView>
      <div className={styles.links}>
        <Link to="/login" search={keep} className="link" onClick={startAgain}>
          {t("startAgain")}
        </Link>
      </div>
    </>
  );
}

function useConfirmation(): Confirmation {
  const go = useLoginStep();
  return useMemo(
    () => ({
      send: (factor) => call(accounts.sendLoginCode, { body: { factor } }),
      answer: async (factor, code) => go(await call(accounts.answerLogin, { body: { factor, code } })),
      passkey: async () => {
        const response = await readPasskey(await call(accounts.startPasskeyLogin, {}));
        go(await call(accounts.finishPasskeyLogin, { body: { response } }));
      },
    }),
    [go],
  );
}
