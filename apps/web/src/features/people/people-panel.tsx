import { accounts } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./people.module.css";

type Person = accounts.Person;

/** Everybody with an account. */
export function PeoplePanel() {
  const t = useTranslations("people");
  const format = useFormat();
  const people = useQuery(query(accounts.listPeople, {}));
  const columns = useMemo<Column<Person>[]>(() => {
    const lastLogin = ({ lastLoginMs }: Person) =>
      lastLoginMs === undefined ? t("never") : format.dateMinute(lastLoginMs);
    return [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong">{row.original.name}</span>,
      },
      { id: "email", header: () => t("email"), cell: ({ row }) => row.original.email },
      {
        id: "role",
        header: () => t("roleLabel"),
        cell: ({ row }) => <Tag>{t(`role.${row.original.role}`)}</Tag>,
      },
      { id: "login", header: () => t("lastLogin"), cell: ({ row }) => lastLogin(row.original) },
      { id: "created", header: () => t("since"), cell: ({ row }) => format.date(row.original.createdMs) },
    ];
  }, [t, format]);
  return (
    <Panel title={t("people")} flush>
      <QueryView query={people} what={t("readingPeople")}>
        {({ items }) => (
          <DataTable
            label={t("people")}
            rows={items}
            rowId={({ id }) => id}
            columns={columns}
            phoneRow={({ name, email, role }) => (
              <span className={styles.lines}>
                <span className="strong">{name}</span>
                <span className="tertiary small">
                  {email}, {t(`role.${role}`)}
                </span>
              </span>
            )}
          />
        )}
      </QueryView>
    </Panel>
  );
}
