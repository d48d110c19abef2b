import { cameras } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { useCanEverywhere } from "../../../data/session.ts";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "../recordings.module.css";
import { InboxEditor } from "./inbox-editor.tsx";

type Inbox = cameras.OffsiteInbox;

const RENEW_MS = 10_000;

/** Where copies of other installations arrive. */
export function InboxPanel() {
  const t = useTranslations("offsite.inbox");
  const canManage = useCanEverywhere()("recording.manage");
  const inboxes = useQuery({ ...query(cameras.listOffsiteInboxes, {}), refetchInterval: RENEW_MS });
  const [editing, setEditing] = useState<Inbox | "new">();
  const columns = useMemo<Column<Inbox>[]>(
    () => [
      { id: "name", header: () => t("name"), cell: ({ row }) => <Name inbox={row.original} /> },
      { id: "holds", header: () => t("holds"), cell: ({ row }) => <Holds inbox={row.original} /> },
      { id: "keeps", header: () => t("keeps"), cell: ({ row }) => <Keeps inbox={row.original} /> },
    ],
    [t],
  );
  return (
    <Panel
      title={t("title")}
      subtitle={t("subtitle")}
      flush
      end={
        canManage && (
          <Button variant="default" onClick={() => setEditing("new")}>
            {t("add")}
          </Button>
        )
      }
    >
      <QueryView
        query={inboxes}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("none")}>{t("empty")}</EmptyState>}
      >
        {({ items }) => (
          <DataTable
            label={t("title")}
            rows={items}
            rowId={({ id }) => id}
            columns={columns}
            {...(canManage ? { onOpen: setEditing } : {})}
            phoneRow={(inbox) => (
              <span className={styles.lines}>
                <Name inbox={inbox} />
                <Holds inbox={inbox} />
                <Keeps inbox={inbox} />
              </span>
            )}
          />
        )}
      </QueryView>
      {editing !== undefined && (
        <InboxEditor inbox={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Panel>
  );
}

function Name({ inbox: { name, id } }: { inbox: Inbox }) {
  return (
    <span className={styles.lines}>
      <span className="strong truncate">{name}</span>
      <span className="tertiary tiny mono">{id}</span>
    </span>
  );
}

function Holds({ inbox: { copies, bytes, capBytes, lastMs } }: { inbox: Inbox }) {
  const t = useTranslations("offsite.inbox");
  const format = useFormat();
  return (
    <span className={styles.lines}>
      <span className="num">
        {t("amount", { count: copies, bytes: format.bytes(bytes), cap: format.bytes(capBytes) })}
      </span>
      {lastMs !== undefined && (
        <span className="tertiary tiny">{t("last", { time: format.dateTime(lastMs) })}</span>
      )}
    </span>
  );
}

function Keeps({ inbox: { keepDays, senderKey } }: { inbox: Inbox }) {
  const t = useTranslations("offsite.inbox");
  return (
    <span className={styles.lines}>
      <span>{t("days", { count: keepDays })}</span>
      <span className="tertiary tiny">{t(senderKey === "" ? "anySender" : "pinned")}</span>
    </span>
  );
}
