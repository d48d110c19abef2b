import { useTranslations } from "use-intl";
import { useCan, useMe } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { InvitationsPanel } from "./invitations-panel.tsx";
import { PeoplePanel } from "./people-panel.tsx";

/** Everybody, for who may see them. */
export function PeoplePage() {
  const t = useTranslations("people");
  const can = useCan();
  const { person, tenant } = useMe();
  return (
    <>
      <StatusSentence
        detail={person.email}
        end={
          can("ledger.read") && (
            <ButtonLink variant="default" to="/audit" search={{ kind: "sign_ins" }}>
              {t("signIns")}
            </ButtonLink>
          )
        }
      >
        {t("sentence", { name: person.name, role: t(`role.${person.role}`), organisation: tenant.name })}
      </StatusSentence>
      {can("people.read") && <PeoplePanel />}
      {can("people.read") && <InvitationsPanel />}
    </>
  );
}
