import { access } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ButtonLink } from "../../design/button-link.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { isGivable } from "./permission-groups.ts";
import { PermissionList } from "./permission-picker.tsx";
import { RoleEditor } from "./role-editor.tsx";
import styles from "./roles.module.css";
import { isBuiltIn, useRoleName, useRoleText } from "./use-words.ts";

type Role = access.RoleInfo;

/** One role beside the list: to read, or to change where it is the organisation's own. Without a role a new one. */
export function RoleDrawer(props: {
  role: Role | undefined;
  like: Role | undefined;
  onCopy: (ref: string) => void;
  onClose: () => void;
}) {
  const t = useTranslations("roles");
  const can = useCan();
  const nameOf = useRoleName();
  const { role, like, onClose } = props;
  const mayWrite = can("role.write");
  const name = role && nameOf(role.ref, role.name);
  const isEdited = mayWrite && (role === undefined || !role.builtIn);
  const newTitle = like === undefined ? t("newTitle") : t("copyTitle", { name: nameOf(like.ref, like.name) });
  const title = name === undefined ? newTitle : isEdited ? t("editTitle", { name }) : name;
  const copy = role !== undefined && mayWrite && (
    <Button variant="default" onClick={() => props.onCopy(role.ref)}>
      {t("copy")}
    </Button>
  );
  return (
    <SideDrawer title={title} size={560} onClose={onClose}>
      <div className="stack">
        {isEdited ? (
          <RoleEditor role={role} like={like} copy={copy} onClose={onClose} />
        ) : role === undefined ? (
          <EmptyState title={t("noMatch")} />
        ) : (
          <RoleFacts role={role}>{copy}</RoleFacts>
        )}
        {role !== undefined && <Holders role={role} />}
      </div>
    </SideDrawer>
  );
}

function RoleFacts(props: { role: Role; children: ReactNode }) {
  const textOf = useRoleText();
  const { role } = props;
  return (
    <>
      <p className="secondary">{textOf(role)}</p>
      <PermissionList permissions={role.permissions.filter(isGivable)} />
      <div>{props.children}</div>
    </>
  );
}

/** Who has it: by a grant each with its place, as the main role by number. */
function Holders(props: { role: Role }) {
  const t = useTranslations("roles");
  const can = useCan();
  const { role } = props;
  const grants = useQuery(query(access.listGrants, { query: { role: role.ref, limit: "200" } }));
  return (
    <section className="stack stack-tight">
      <h3 className={styles.heading}>{t("held")}</h3>
      <QueryView query={grants} what={t("reading")}>
        {({ items }) => {
          const granted = new Set(items.map(({ personId }) => personId)).size;
          const main = role.people - granted;
          return (
            <>
              {role.people === 0 && <p className="secondary small">{t("nobody")}</p>}
              {isBuiltIn(role.ref) && main > 0 && (
                <p className="row row-between">
                  <span>{t("heldMain", { count: main })}</span>
                  {can("people.read") && (
                    <ButtonLink variant="default" to="/people" search={{ role: role.ref }}>
                      {t("seePeople")}
                    </ButtonLink>
                  )}
                </p>
              )}
              <ul className={styles.holders}>
                {items.map((grant) => (
                  <li key={grant.id} className="row row-between">
                    <Link className="link" to="/people/$personId" params={{ personId: grant.personId }}>
                      {grant.personName}
                    </Link>
                    <span className="secondary small">{grant.scopeName ?? t("access.tenant")}</span>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </QueryView>
    </section>
  );
}
