import { useTranslations } from "use-intl";
import { useCan, useMe } from "../../data/session.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import styles from "./account.module.css";
import { ContactPanel } from "./contact-panel.tsx";
import { FactorsPanel } from "./factors/factors-panel.tsx";
import { MyDataPanel } from "./my-data-panel.tsx";
import { PasswordPanel } from "./password-panel.tsx";
import { ProfilePanel } from "./profile-panel.tsx";
import { PushPanel } from "./push-panel.tsx";
import { SessionsPanel } from "./sessions-panel.tsx";

/** Everything of one's own account. */
export function AccountPage() {
  const t = useTranslations("account");
  const roles = useTranslations("people.role");
  const { person, tenant } = useMe();
  const can = useCan();
  return (
    <>
      <StatusSentence detail={person.email}>
        {t("sentence", { name: person.name, role: roles(person.role), organisation: tenant.name })}
      </StatusSentence>
      <FactorsPanel />
      <SessionsPanel />
      {can("alert.read") && <PushPanel />}
      <div className={styles.columns}>
        <ProfilePanel key={person.name} person={person} />
        <ContactPanel email={person.email} />
      </div>
      <div className={styles.columns}>
        <PasswordPanel />
        <MyDataPanel />
      </div>
    </>
  );
}
