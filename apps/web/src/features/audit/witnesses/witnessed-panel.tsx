import { ledger } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../../data/query.ts";
import { useCan } from "../../../data/session.ts";
import { ConfirmDialog } from "../../../design/confirm-dialog.tsx";
import { CopyButton } from "../../../design/copy-button.tsx";
import { type Column, DataTable } from "../../../design/data-table.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { Panel } from "../../../design/panel.tsx";
import { QueryView } from "../../../design/query-view.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import { AddLogDialog, RestartDialog } from "./log-dialogs.tsx";
import { nameOfKey, useWhy } from "./witness-words.ts";
import styles from "./witnesses.module.css";
import type { WitnessList } from "./witnesses-panel.tsx";

type Log = ledger.WitnessedLog;

/** Logs of others that this installation cosigns. */
export function WitnessedPanel(props: { list: UseQueryResult<WitnessList, Error> }) {
  const t = useTranslations("witnesses.witnessed");
  const words = useTranslations("witnesses");
  const mayChange = useCan()("installation.write");
  const [adding, setAdding] = useState(false);
  const columns = useMemo<Column<Log>[]>(
    () => [
      {
        id: "log",
        header: t("log"),
        cell: ({ row }) => <span className="strong anywhere">{nameOfKey(row.original.verifierKey)}</span>,
      },
      { id: "cosigned", header: t("cosigned"), cell: ({ row }) => <Seen log={row.original} /> },
      { id: "state", header: words("own.state"), cell: ({ row }) => <State log={row.original} /> },
      {
        id: "acts",
        header: () => <span className="visually-hidden">{t("restart")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => mayChange && <Acts log={row.original} />,
      },
    ],
    [t, words, mayChange],
  );
  const add = mayChange && (
    <Button variant="default" onClick={() => setAdding(true)}>
      {t("add")}
    </Button>
  );
  const ownKey = props.list.data?.ownKey;
  const footer = ownKey !== undefined && (
    <span className={styles.key}>
      <span className="nowrap">{t("key")}</span>
      <code className="anywhere small">{ownKey}</code>
      <CopyButton text={ownKey} />
    </span>
  );
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} end={add} footer={footer} flush>
      <QueryView
        query={props.list}
        what={words("reading")}
        isEmpty={({ witnessed }) => witnessed.length === 0}
        empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      >
        {({ witnessed }) => (
          <DataTable
            label={t("title")}
            rows={witnessed}
            rowId={({ id }) => id}
            columns={columns}
            phoneRow={(log) => (
              <span className={styles.lines}>
                <span className="strong anywhere">{nameOfKey(log.verifierKey)}</span>
                <span className="tertiary small">
                  <Seen log={log} />
                </span>
                <State log={log} />
                {mayChange && <Acts log={log} />}
              </span>
            )}
          />
        )}
      </QueryView>
      {adding && <AddLogDialog onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function Seen(props: { log: Log }) {
  const t = useTranslations("witnesses");
  const format = useFormat();
  const { cosignedMs, size } = props.log;
  if (cosignedMs === undefined) return <span className="tertiary">{t("witnessed.never")}</span>;
  return t("own.at", { size: format.number(size), time: format.dateMinute(cosignedMs) });
}

function State(props: { log: Log }) {
  const t = useTranslations("witnesses.witnessed");
  const why = useWhy();
  const { refusal, cosignedMs, seams } = props.log;
  const state = refusal !== undefined ? "refused" : cosignedMs === undefined ? "waiting" : "ok";
  const tone = { ok: "ok", waiting: "neutral", refused: "danger" } as const;
  return (
    <span className={styles.state}>
      <Tag tone={tone[state]}>{t(`state.${state}`)}</Tag>
      {refusal !== undefined && <span className="secondary small">{why(refusal)}</span>}
      {seams.length > 0 && <span className="warn small">{t("seams", { count: seams.length })}</span>}
    </span>
  );
}

function Acts(props: { log: Log }) {
  const t = useTranslations("witnesses.witnessed");
  const errorText = useErrorText();
  const [open, setOpen] = useState<"restart" | "remove">();
  const remove = useCall(ledger.removeWitnessedLog, [ledger.listWitnesses]);
  const { log } = props;
  const name = nameOfKey(log.verifierKey);
  const close = () => setOpen(undefined);
  return (
    <span className={styles.acts}>
      <Button variant="default" aria-label={t("restartOne", { name })} onClick={() => setOpen("restart")}>
        {t("restart")}
      </Button>
      <Button variant="default" aria-label={t("removeOne", { name })} onClick={() => setOpen("remove")}>
        {t("remove")}
      </Button>
      {open === "restart" && <RestartDialog log={log} onClose={close} />}
      <ConfirmDialog
        opened={open === "remove"}
        destructive
        title={t("removeTitle", { name })}
        act={t("removeAct")}
        busy={remove.isPending}
        error={remove.error === null ? undefined : errorText(remove.error)}
        onConfirm={() => remove.mutate({ params: { witnessId: log.id } }, { onSuccess: close })}
        onClose={close}
      >
        {t("removeText")}
      </ConfirmDialog>
    </span>
  );
}
