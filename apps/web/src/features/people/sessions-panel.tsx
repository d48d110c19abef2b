import { accounts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./people.module.css";

type Session = accounts.Session;

/** Where one is logged in; a session that is not one's own act can be ended here. */
export function SessionsPanel() {
  const t = useTranslations("people.session");
  const format = useFormat();
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const sessions = useQuery(query(accounts.listSessions, {}));
  const endOthers = useCall(accounts.endOtherSessions, [accounts.listSessions, accounts.listAccessLog]);
  const others = sessions.data?.items.filter(({ current }) => !current).length ?? 0;
  const columns = useMemo<Column<Session>[]>(
    () => [
      {
        id: "client",
        header: () => t("client"),
        cell: ({ row }) => <span className="strong">{row.original.client}</span>,
      },
      { id: "began", header: () => t("began"), cell: ({ row }) => format.dateMinute(row.original.createdMs) },
      { id: "used", header: () => t("used"), cell: ({ row }) => format.dateMinute(row.original.lastUsedMs) },
      {
        id: "expires",
        header: () => t("expires"),
        cell: ({ row }) => format.dateMinute(row.original.expiresMs),
      },
      {
        id: "end",
        header: () => <span className="visually-hidden">{t("end")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <EndSession session={row.original} />,
      },
    ],
    [t, format],
  );
  const endButton = others > 0 && (
    <Button variant="default" onClick={() => setAsking(true)}>
      {t("endOthers", { count: others })}
    </Button>
  );
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} end={endButton} flush>
      <QueryView query={sessions} what={t("reading")}>
        {({ items }) => (
          <DataTable
            label={t("title")}
            rows={items}
            rowId={({ id }) => id}
            columns={columns}
            phoneRow={(session) => (
              <span className="row row-between">
                <span className={styles.lines}>
                  <span className="strong">{session.client}</span>
                  <span className="tertiary small">{format.dateMinute(session.lastUsedMs)}</span>
                </span>
                <EndSession session={session} />
              </span>
            )}
          />
        )}
      </QueryView>
      <ConfirmDialog
        opened={asking}
        title={t("endOthersTitle")}
        act={t("endOthers", { count: others })}
        busy={endOthers.isPending}
        error={endOthers.error === null ? undefined : errorText(endOthers.error)}
        onConfirm={() => endOthers.mutate({}, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t("endOthersText")}
      </ConfirmDialog>
    </Panel>
  );
}

function EndSession(props: { session: Session }) {
  const t = useTranslations("people.session");
  const end = useCall(accounts.endSession, [accounts.listSessions, accounts.listAccessLog]);
  const { session } = props;
  if (session.current) return <Tag tone="accent">{t("current")}</Tag>;
  return (
    <Button
      variant="default"
      loading={end.isPending}
      aria-label={t("endOne", { client: session.client })}
      onClick={() => end.mutate({ params: { id: session.id } })}
    >
      {t("end")}
    </Button>
  );
}
