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
import styles from "./account.module.css";

type Session = accounts.Session;

/** Where one is logged in; a session that is not one's own act can be ended here. */
export function SessionsPanel() {
  const t = useTranslations("account.session");
  const format = useFormat();
  const errorText = useErrorText();
  const [asking, setAsking] = useState<"others" | "every">();
  const sessions = useQuery(query(accounts.listSessions, {}));
  const endOthers = useCall(accounts.endOtherSessions, [accounts.listSessions]);
  const others = sessions.data?.items.filter(({ current }) => !current).length ?? 0;
  const columns = useMemo<Column<Session>[]>(
    () => [
      {
        id: "client",
        header: () => t("client"),
        cell: ({ row }) => <span className="strong">{row.original.client}</span>,
      },
      {
        id: "address",
        header: () => t("address"),
        cell: ({ row }) => <span className="mono">{row.original.address ?? "–"}</span>,
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
  const endEvery = useCall(accounts.endEverySession, [accounts.listSessions]);
  const end = asking === "every" ? endEvery : endOthers;
  const endButton = (
    <span className="row">
      {others > 0 && (
        <Button variant="default" onClick={() => setAsking("others")}>
          {t("endOthers", { count: others })}
        </Button>
      )}
      <Button variant="default" onClick={() => setAsking("every")}>
        {t("endEvery")}
      </Button>
    </span>
  );
  const act = asking === "every" ? t("endEvery") : t("endOthers", { count: others });
  const confirm = () => end.mutate({}, { onSuccess: () => setAsking(undefined) });
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
        opened={asking !== undefined}
        title={t(asking === "every" ? "endEveryTitle" : "endOthersTitle")}
        act={act}
        busy={end.isPending}
        error={end.error === null ? undefined : errorText(end.error)}
        onConfirm={confirm}
        onClose={() => setAsking(undefined)}
      >
        {t(asking === "every" ? "endEveryText" : "endOthersText")}
      </ConfirmDialog>
    </Panel>
  );
}

function EndSession(props: { session: Session }) {
  const t = useTranslations("account.session");
  const end = useCall(accounts.endSession, [accounts.listSessions]);
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
