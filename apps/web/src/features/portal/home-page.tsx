import { accounts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useMe } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";

const countOf = ({ passkeys, totp, email, sms }: accounts.Factors): number =>
  passkeys.length + (totp === undefined ? 0 : 1) + (email.on ? 1 : 0) + (sms.on ? 1 : 0);

/** Who one is here, and how well the account is protected. */
export function HomePage() {
  const t = useTranslations("portal");
  const format = useFormat();
  const { person, tenant } = useMe();
  const factors = useQuery(query(accounts.getFactors, {}));
  return (
    <>
      <StatusSentence detail={t("state", { organisation: tenant.name })}>
        {t("hello", { name: person.name })}
      </StatusSentence>
      <Panel title={t("secure")}>
        <div className="stack">
          <p>
            {t("member", { date: format.date(person.createdMs) })}{" "}
            {person.lastLoginMs !== undefined &&
              t("lastLogin", { time: format.dateMinute(person.lastLoginMs) })}
          </p>
          <QueryView query={factors} what={t("reading")}>
            {(known) => {
              const count = countOf(known);
              return (
                <>
                  <p className={count === 0 ? "warn" : undefined}>
                    {count === 0 ? t("noFactor") : t("factors", { count })}
                  </p>
                  <div>
                    <ButtonLink to="/my/me" variant={count === 0 ? "filled" : "default"} h={36}>
                      {count === 0 ? t("addFactor") : t("toAccount")}
                    </ButtonLink>
                  </div>
                </>
              );
            }}
          </QueryView>
        </div>
      </Panel>
    </>
  );
}
