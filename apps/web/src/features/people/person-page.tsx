import { accounts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { usePageTitle } from "../../app/page-title.ts";
import { query } from "../../data/query.ts";
import { useCan, useMe } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { StateTag } from "./people-panel.tsx";
import { PersonAccess } from "./person-access.tsx";
import { PersonActs } from "./person-acts.tsx";

/** One person: what is known, what was decided and by whom, and what can be decided now. */
export function PersonPage() {
  const t = useTranslations("people");
  const { personId = "" } = useParams({ strict: false });
  const person = useQuery(query(accounts.getPerson, { params: { id: personId } }));
  return (
    <QueryView query={person} what={t("readingPerson")}>
      {(detail) => <Person detail={detail} />}
    </QueryView>
  );
}

function Person(props: { detail: accounts.PersonDetail }) {
  const t = useTranslations("people");
  const format = useFormat();
  const can = useCan();
  const me = useMe();
  const { detail } = props;
  const { person, decision, liveSessions } = detail;
  const name = person.name || t("state.erased");
  usePageTitle(name);
  return (
    <>
      <StatusSentence detail={person.email} end={<StateTag entry={person} />}>
        {t("is", { name, role: t(`role.${person.role}`) })}
      </StatusSentence>
      {person.id !== me.person.id && <PersonActs detail={detail} />}
      <Panel
        title={t("known")}
        end={
          can("ledger.read") && (
            <ButtonLink variant="default" to="/audit" search={{ about: person.id }}>
              {t("acts")}
            </ButtonLink>
          )
        }
      >
        <dl className="facts">
          <Details details={detail.details} />
          <dt>{t("since")}</dt>
          <dd>{format.dateTime(person.createdMs)}</dd>
          <dt>{t("lastLogin")}</dt>
          <dd>{person.lastLoginMs === undefined ? t("never") : format.dateTime(person.lastLoginMs)}</dd>
          <dt>{t("liveSessions")}</dt>
          <dd className="num">{format.number(liveSessions)}</dd>
          {decision !== undefined && (
            <>
              <dt>{t("decision")}</dt>
              <dd>
                {t("decided", { by: decision.by ?? t("somebody"), at: format.dateTime(decision.atMs) })}
                {decision.reason !== undefined && <div className="secondary anywhere">{decision.reason}</div>}
              </dd>
            </>
          )}
          {person.erasureDueMs !== undefined && (
            <>
              <dt>{t("erasure")}</dt>
              <dd>{t("erasureDue", { at: format.dateTime(person.erasureDueMs) })}</dd>
            </>
          )}
        </dl>
      </Panel>
      {can("role.read") && <PersonAccess person={person} />}
    </>
  );
}

function Details(props: { details: accounts.PersonDetail["details"] }) {
  const t = useTranslations("people");
  const { phone, address, identityNumber, masked } = props.details;
  const known = [
    ["phone", phone],
    ["address", address],
    ["identityNumber", identityNumber],
  ] as const;
  return (
    <>
      {known.map(([label, value]) =>
        value === undefined ? null : (
          <div key={label} style={{ display: "contents" }}>
            <dt>{t(label)}</dt>
            <dd className="anywhere">
              {value} {masked && <span className="tertiary tiny">{t("masked")}</span>}
            </dd>
          </div>
        ),
      )}
    </>
  );
}
