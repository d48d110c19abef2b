import { useTranslations } from "use-intl";
import { useCan, useMe } from "../../data/session.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { AccessLog } from "./access-log.tsx";
import { PasswordPanel } from "./password-panel.tsx";
import styles from "./people.module.css";
import { PeoplePanel } from "./people-panel.tsx";
import { ProfilePanel } from "./profile-panel.tsx";
import { SessionsPanel } from "./sessions-panel.tsx";

/** One's own account and sessions; for who may see it, everybody and the access log. */
export function PeoplePage() {
  const t = useTranslations("people");
  const can = useCan();
  const { person, tenant } = useMe();
  return (
    <>
      <StatusSentence detail={person.email}>
        {t("sentence", { name: person.name, role: t(`role.${person.role}`), organisation: tenant.name })}
      </StatusSentence>
      <SessionsPanel />
      <div className={styles.columns}>
        <ProfilePanel key={person.name} person={person} />
        <PasswordPanel />
      </div>
      {can("people.read") && <PeoplePanel />}
      {can("access_log.read") && <AccessLog />}
    </>
  );
}
