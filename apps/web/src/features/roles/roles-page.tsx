import { access } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusSentence } from "../../design/status-sentence.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { RoleDrawer } from "./role-drawer.tsx";
import styles from "./roles.module.css";
import { useRoleName, useRoleText } from "./use-words.ts";

type Role = access.RoleInfo;

/** What roles there are and what each allows; one's own can be made, changed and removed. */
export function RolesPage() {
  const t = useTranslations("roles");
  const roles = useQuery(query(access.listRoles, {}));
  return (
    <QueryView query={roles} what={t("reading")}>
      {({ items }) => <Roles roles={items} />}
    </QueryView>
  );
}

function Roles(props: { roles: readonly Role[] }) {
  const t = useTranslations("roles");
  const can = useCan();
  const navigate = useNavigate();
  const { role: shown, like } = useSearch({ strict: false });
  const { roles } = props;
  const open = (search: { role?: string; like?: string }) =>
    void navigate({ to: "/roles", search, resetScroll: false });
  return (
    <>
      <StatusSentence detail={t("detail")}>
        {t("sentence", { own: roles.filter(({ builtIn }) => !builtIn).length })}
      </StatusSentence>
      <Panel
        title={t("title")}
        end={can("role.write") && <Button onClick={() => open({ role: "new" })}>{t("add")}</Button>}
        flush
      >
        <RoleTable roles={roles} onOpen={({ ref }) => open({ role: ref })} />
      </Panel>
      {shown !== undefined && (
        <RoleDrawer
          key={`${shown} ${like}`}
          role={roles.find(({ ref }) => ref === shown)}
          like={roles.find(({ ref }) => ref === like)}
          onCopy={(ref) => open({ role: "new", like: ref })}
          onClose={() => open({})}
        />
      )}
    </>
  );
}

function RoleTable(props: { roles: readonly Role[]; onOpen: (role: Role) => void }) {
  const t = useTranslations("roles");
  const format = useFormat();
  const nameOf = useRoleName();
  const textOf = useRoleText();
  const columns = useMemo<Column<Role>[]>(
    () => [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong">{nameOf(row.original.ref, row.original.name)}</span>,
      },
      { id: "kind", header: () => t("kind"), cell: ({ row }) => <Kind role={row.original} /> },
      { id: "description", header: () => t("description"), cell: ({ row }) => textOf(row.original) },
      {
        id: "allows",
        header: () => t("allows"),
        meta: { align: "end" },
        cell: ({ row }) => <Allows role={row.original} />,
      },
      {
        id: "people",
        header: () => t("people"),
        meta: { align: "end" },
        cell: ({ row }) => format.number(row.original.people),
      },
    ],
    [t, format, nameOf, textOf],
  );
  return (
    <DataTable
      label={t("title")}
      rows={props.roles}
      rowId={({ ref }) => ref}
      columns={columns}
      onOpen={props.onOpen}
      phoneRow={(role) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong anywhere">{nameOf(role.ref, role.name)}</span>
            <Kind role={role} />
          </span>
          <span className="secondary small">{textOf(role)}</span>
          <span className="tertiary tiny">{t("heldCount", { count: role.people })}</span>
        </span>
      )}
    />
  );
}

function Kind(props: { role: Role }) {
  const t = useTranslations("roles");
  return props.role.builtIn ? <Tag>{t("builtIn")}</Tag> : <Tag tone="accent">{t("own")}</Tag>;
}

function Allows(props: { role: Role }) {
  const t = useTranslations("roles");
  const { ref, permissions } = props.role;
  return ref === "owner"
    ? t("everything")
    : t("allowsCount", { count: permissions.filter((one) => one !== "self").length });
}
