import { access, type accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { useRoleName } from "../roles/use-words.ts";
import styles from "./people.module.css";
import { RIGHTS_READS } from "./rights-reads.ts";

type Grant = access.Grant;

/** Roles that a person was given beside the main one, each with its place. */
export function GrantTable(props: {
  person: accounts.PersonEntry;
  grants: readonly Grant[];
  mayChange: boolean;
}) {
  const t = useTranslations("roles.access");
  const format = useFormat();
  const nameOf = useRoleName();
  const { person, grants, mayChange } = props;
  const columns = useMemo<Column<Grant>[]>(
    () => [
      {
        id: "role",
        header: () => t("role"),
        cell: ({ row }) => <span className="strong">{nameOf(row.original.role, row.original.roleName)}</span>,
      },
      { id: "where", header: () => t("where"), cell: ({ row }) => row.original.scopeName ?? t("tenant") },
      { id: "by", header: () => t("by"), cell: ({ row }) => row.original.grantedBy },
      { id: "at", header: () => t("at"), cell: ({ row }) => format.date(row.original.grantedMs) },
      ...(mayChange
        ? [
            {
              id: "acts",
              header: () => <span className="visually-hidden">{t("remove")}</span>,
              meta: { align: "end" },
              cell: ({ row }) => <TakeBack person={person} grant={row.original} />,
            } satisfies Column<Grant>,
          ]
        : []),
    ],
    [t, format, nameOf, mayChange, person],
  );
  return (
    <DataTable
      label={t("grants")}
      rows={grants}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(grant) => (
        <span className={styles.lines}>
          <span className="strong">{nameOf(grant.role, grant.roleName)}</span>
          <span className="secondary small anywhere">{grant.scopeName ?? t("tenant")}</span>
        </span>
      )}
      {...(mayChange ? { phoneEnd: (grant: Grant) => <TakeBack person={person} grant={grant} /> } : {})}
    />
  );
}

function TakeBack(props: { person: accounts.PersonEntry; grant: Grant }) {
  const t = useTranslations("roles.access");
  const errorText = useErrorText();
  const nameOf = useRoleName();
  const [asking, setAsking] = useState(false);
  const remove = useCall(access.removeGrant, RIGHTS_READS);
  const { person, grant } = props;
  const role = nameOf(grant.role, grant.roleName);
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t("removeOne", { role, where: grant.scopeName ?? t("tenant") })}
        onClick={() => setAsking(true)}
      >
        {t("remove")}
      </Button>
      <ConfirmDialog
        opened={asking}
        destructive
        title={t("removeTitle", { role, name: person.name })}
        act={t("removeAct")}
        busy={remove.isPending}
        error={remove.error === null ? undefined : errorText(remove.error)}
        onConfirm={() =>
          remove.mutate(
            { params: { id: person.id, grantId: grant.id } },
            { onSuccess: () => setAsking(false) },
          )
        }
        onClose={() => setAsking(false)}
      >
        {t("removeText")}
      </ConfirmDialog>
    </>
  );
}
