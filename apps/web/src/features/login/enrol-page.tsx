import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { safeNext } from "../../app/guard.ts";
import { logOut } from "../../app/session-end.ts";
import { Welcome } from "../../app/welcome.tsx";
import { query, queryClient } from "../../data/query.ts";
import { QueryView } from "../../design/query-view.tsx";
import { AddFactor } from "../account/factors/add-factor.tsx";
import { RecoveryCodes } from "../account/factors/recovery-codes.tsx";

/** After log-in, for somebody whose role needs a second factor and who has none: nothing else works before. */
export function EnrolPage() {
  const t = useTranslations("login.enrol");
  const login = useTranslations("login");
  const router = useRouter();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false });
  const factors = useQuery(query(accounts.getFactors, {}));
  const [codes, setCodes] = useState<readonly string[]>();
  const goOn = () => {
    queryClient.removeQueries({ queryKey: query(accounts.getMe, {}).queryKey });
    router.history.replace(safeNext(next));
  };
  const logout = async () => {
    await logOut();
    await navigate({ to: "/login" });
  };
  return (
    <Welcome wide>
      <title>{t("title")}</title>
      <div>
        <h1 className="setup-title">{codes === undefined ? t("title") : t("codesTitle")}</h1>
        <p className="secondary">{codes === undefined ? t("intro") : t("codesIntro")}</p>
      </div>
      {codes === undefined ? (
        <QueryView query={factors} what={t("reading")}>
          {(known) => (
            <AddFactor
              factors={known}
              onAdded={({ recoveryCodes }) =>
                recoveryCodes === undefined ? goOn() : setCodes(recoveryCodes)
              }
            />
          )}
        </QueryView>
      ) : (
        <RecoveryCodes codes={codes} act={t("goOn")} onKept={goOn} />
      )}
      {codes === undefined && (
        <div>
          <Button variant="default" onClick={() => void logout()}>
            {login("logout")}
          </Button>
        </div>
      )}
    </Welcome>
  );
}
