import { useTranslations } from "use-intl";
import { useCan, useMe } from "../../data/session.ts";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { AccessLog } from "./access-log.tsx";
import { InvitationsPanel } from "./invitations-panel.tsx";
import { PeoplePanel } from "./people-panel.tsx";

/** Everybody and the access log, for who may see them. */
export function PeoplePage() {
  const t = useTranslations("people");
  const can = useCan();
  const { person, tenant } = useMe();
  return (
    <>
      <StatusSentence detail={person.email}>
        {t("sentence", { name: person.name, role: t(`role.${person.role}`), organisation: tenant.name })}
      </StatusSentence>
      {can("people.read") && <PeoplePanel />}
      {can("people.read") && <InvitationsPanel />}
      {can("access_log.read") && <AccessLog />}
    </>
  );
}
