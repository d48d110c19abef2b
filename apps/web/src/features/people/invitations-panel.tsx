import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import styles from "./people.module.css";

type Invitation = accounts.Invitation;

/** Who was invited: again, or taken back. */
export function InvitationsPanel() {
  const t = useTranslations("people.invitation");
  const can = useCan();
  const [inviting, setInviting] = useState(false);
  const invitations = useQuery(query(accounts.listInvitations, { query: { limit: "50" } }));
  return (
    <Panel
      title={t("title")}
      subtitle={t("subtitle")}
      end={can("people.write") && <Button onClick={() => setInviting(true)}>{t("invite")}</Button>}
      flush
    >
      <QueryView
        query={invitations}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("none")} />}
      >
        {({ items }) => <Invitations items={items} />}
      </QueryView>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Panel>
  );
}

function Invitations(props: { items: readonly Invitation[] }) {
  const t = useTranslations("people");
  const format = useFormat();
  const columns = useMemo<Column<Invitation>[]>(
    () => [
      {
        id: "name",
        header: () => t("name"),
        cell: ({ row }) => <span className="strong">{row.original.name}</span>,
      },
      {
        id: "email",
        header: () => t("email"),
        cell: ({ row }) => <span className="anywhere">{row.original.email}</span>,
      },
      { id: "role", header: () => t("roleLabel"), cell: ({ row }) => t(`role.${row.original.role}`) },
      {
        id: "state",
        header: () => t("stateLabel"),
        cell: ({ row }) => <Tag>{t(`invitation.state.${row.original.state}`)}</Tag>,
      },
      {
        id: "expires",
        header: () => t("invitation.expires"),
        cell: ({ row }) => format.dateMinute(row.original.expiresMs),
      },
      { id: "acts", header: () => "", cell: ({ row }) => <Acts invitation={row.original} /> },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("invitation.title")}
      rows={props.items}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(invitation) => (
        <span className={styles.lines}>
          <span className="row row-between">
            <span className="strong">{invitation.name}</span>
            <Tag>{t(`invitation.state.${invitation.state}`)}</Tag>
          </span>
          <span className="secondary small anywhere">{invitation.email}</span>
          <Acts invitation={invitation} />
        </span>
      )}
    />
  );
}

function Acts(props: { invitation: Invitation }) {
  const t = useTranslations("people.invitation");
  const can = useCan();
  const errorText = useErrorText();
  const { id, state, name } = props.invitation;
  const resend = useCall(accounts.resendInvitation, [accounts.listInvitations]);
  const revoke = useCall(accounts.revokeInvitation, [accounts.listInvitations]);
  const error = resend.error ?? revoke.error;
  if (!can("people.write") || (state !== "open" && state !== "expired")) return null;
  return (
    <span className="row row-wrap">
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t("resendOne", { name })}
        loading={resend.isPending}
        onClick={() => resend.mutate({ params: { id }, body: {} })}
      >
        {t("resend")}
      </Button>
      {state === "open" && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t("revokeOne", { name })}
          loading={revoke.isPending}
          onClick={() => revoke.mutate({ params: { id } })}
        >
          {t("revoke")}
        </Button>
      )}
      {error !== null && <span className="danger small">{errorText(error)}</span>}
    </span>
  );
}
