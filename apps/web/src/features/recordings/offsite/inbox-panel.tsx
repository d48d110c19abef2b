import { cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { query } from "../../../data/query.ts";
import { useCanEverywhere } from "../../../data/session.ts";
import type { Column } from "../../../design/data-table.tsx";
import { EditablePanel } from "../../../design/editable-panel.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
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
  const columns = useMemo<Column<Inbox>[]>(
    () => [
      { id: "name", header: () => t("name"), cell: ({ row }) => <Name inbox={row.original} /> },
      { id: "holds", header: () => t("holds"), cell: ({ row }) => <Holds inbox={row.original} /> },
      { id: "keeps", header: () => t("keeps"), cell: ({ row }) => <Keeps inbox={row.original} /> },
    ],
    [t],
  );
  return (
    <EditablePanel
      title={t("title")}
      subtitle={t("subtitle")}
      query={inboxes}
      what={t("reading")}
      empty={<EmptyState title={t("none")}>{t("empty")}</EmptyState>}
      columns={columns}
      phoneRow={(inbox) => (
        <span className={styles.lines}>
          <Name inbox={inbox} />
          <Holds inbox={inbox} />
          <Keeps inbox={inbox} />
        </span>
      )}
      add={canManage ? t("add") : undefined}
      canEdit={canManage}
      editor={(inbox, onClose) => <InboxEditor inbox={inbox} onClose={onClose} />}
    />
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
