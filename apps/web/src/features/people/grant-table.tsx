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
  const [taking, setTaking] = useState<Grant>();
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
              cell: ({ row }) => (
                <TakeBackButton grant={row.original} onClick={() => setTaking(row.original)} />
              ),
            } satisfies Column<Grant>,
          ]
        : []),
    ],
    [t, format, nameOf, mayChange],
  );
  return (
    <>
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
        {...(mayChange
          ? {
              phoneEnd: (grant: Grant) => <TakeBackButton grant={grant} onClick={() => setTaking(grant)} />,
            }
          : {})}
      />
      {taking !== undefined && (
        <TakeBack person={person} grant={taking} onClose={() => setTaking(undefined)} />
      )}
    </>
  );
}

/** Asks, then ends one role of the person. */
function TakeBack(props: { person: accounts.PersonEntry; grant: Grant; onClose: () => void }) {
  const t = useTranslations("roles.access");
  const errorText = useErrorText();
  const nameOf = useRoleName();
  const remove = useCall(access.removeGrant, RIGHTS_READS);
  const { person, grant, onClose } = props;
  return (
    <ConfirmDialog
      opened
      destructive
      title={t("removeTitle", { role: nameOf(grant.role, grant.roleName), name: person.name })}
      act={t("removeAct")}
      busy={remove.isPending}
      error={remove.error === null ? undefined : errorText(remove.error)}
      onConfirm={() =>
        remove.mutate({ params: { id: person.id, grantId: grant.id } }, { onSuccess: onClose })
      }
      onClose={onClose}
    >
      {t("removeText")}
    </ConfirmDialog>
  );
}

function TakeBackButton(props: { grant: Grant; onClick: () => void }) {
  const t = useTranslations("roles.access");
  const nameOf = useRoleName();
  const { grant } = props;
  const role = nameOf(grant.role, grant.roleName);
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={t("removeOne", { role, where: grant.scopeName ?? t("tenant") })}
      onClick={props.onClick}
    >
      {t("remove")}
    </Button>
  );
}
