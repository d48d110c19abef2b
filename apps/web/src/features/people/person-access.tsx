import { access, type accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan, useMe } from "../../data/session.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useRoleName } from "../roles/use-words.ts";
import { EffectiveAccess } from "./effective-access.tsx";
import { GiveRoleDialog } from "./give-role-dialog.tsx";
import { GrantTable } from "./grant-table.tsx";
import { MainRoleDialog } from "./main-role-dialog.tsx";
import styles from "./people.module.css";

/** What a person may do and why: the main role, roles granted by place, all of it together in words. */
export function PersonAccess(props: { person: accounts.PersonEntry }) {
  const t = useTranslations("roles.access");
  const { person } = props;
  const rights = useQuery(query(access.getPersonAccess, { params: { id: person.id } }));
  return (
    <Panel title={t("title", { name: person.name })}>
      <QueryView query={rights} what={t("reading")}>
        {(read) => <Rights person={person} rights={read} />}
      </QueryView>
    </Panel>
  );
}

function Rights(props: { person: accounts.PersonEntry; rights: access.PersonAccess }) {
  const t = useTranslations("roles.access");
  const can = useCan();
  const me = useMe();
  const nameOf = useRoleName();
  const [asking, setAsking] = useState<"main" | "grant">();
  const { person, rights } = props;
  const isOwn = person.id === me.person.id;
  const mayChange = can("role.write") && !isOwn && person.state !== "erased";
  const narrowed = rights.mainRole === "customer" ? t("customer") : t("narrowed");
  const close = () => setAsking(undefined);
  return (
    <div className="stack">
      <div className="row row-between row-wrap">
        <p>
          <span className="tertiary">{t("mainRole")}</span>{" "}
          <span className="strong">{nameOf(rights.mainRole)}</span>{" "}
          <span className="secondary">{rights.everywhere ? t("everywhere") : narrowed}</span>
        </p>
        {mayChange && (
          <Button variant="default" onClick={() => setAsking("main")}>
            {t("change")}
          </Button>
        )}
      </div>
      <section>
        <div className="row row-between row-wrap">
          <h3 className={styles.heading}>{t("grants")}</h3>
          {mayChange && (
            <Button variant="default" onClick={() => setAsking("grant")}>
              {t("add")}
            </Button>
          )}
        </div>
        {rights.grants.length === 0 ? (
          <p className="secondary small">{t("none")}</p>
        ) : (
          <div className={styles.bleed}>
            <GrantTable person={person} grants={rights.grants} mayChange={mayChange} />
          </div>
        )}
      </section>
      <EffectiveAccess effective={rights.effective} grants={rights.grants} />
      {isOwn && can("role.write") && <p className="secondary small">{t("own")}</p>}
      {asking === "main" && <MainRoleDialog person={person} rights={rights} onClose={close} />}
      {asking === "grant" && <GiveRoleDialog person={person} onClose={close} />}
    </div>
  );
}
