import { ledger, operations } from "@gatehouse/contract";
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./recovery.module.css";

/** Where the audit log ended with a restore and another began. Nothing ever takes one of these away. */
export function SeamsPanel() {
  const t = useTranslations("recovery.seams");
  const seams = useQuery(query(ledger.listLedgerSeams, {}));
  return (
    <Panel title={t("title")}>
      <QueryView
        query={seams}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("none")}>{t("noneText")}</EmptyState>}
      >
        {({ items }) => (
          <ul className={styles.seams}>
            {items.map((seam) => (
              <Seam key={seam.log} seam={seam} />
            ))}
          </ul>
        )}
      </QueryView>
    </Panel>
  );
}

function Seam(props: { seam: ledger.LedgerSeam }) {
  const t = useTranslations("recovery.seams");
  const format = useFormat();
  const can = useCan();
  const { atMs, backupMs, previousLog, previousOrigin, size, log, origin, acknowledgement } = props.seam;
  return (
    <li className={styles.seam}>
      <p className="strong">
        {backupMs === undefined
          ? t("found", { time: format.dateMinute(atMs) })
          : t("restored", { time: format.dateMinute(atMs), made: format.dateMinute(backupMs) })}
      </p>
      <dl className={`facts ${styles.ends}`}>
        <dt>{t("ended", { log: String(previousLog) })}</dt>
        <dd>
          <span className="mono small anywhere">{previousOrigin}</span>
          <span className="secondary"> · {t("entries", { count: size })}</span>
        </dd>
        <dt>{t("begun", { log: String(log) })}</dt>
        <dd className="mono small anywhere">{origin}</dd>
      </dl>
      {acknowledgement !== undefined ? (
        <p className="secondary small">
          {t("acknowledged", {
            time: format.dateMinute(acknowledgement.atMs),
            reason: acknowledgement.reason,
          })}
        </p>
      ) : can("installation.write") ? (
        <Acknowledge log={log} />
      ) : (
        <p className="warn small">{t("waiting")}</p>
      )}
    </li>
  );
}

function Acknowledge(props: { log: number }) {
  const t = useTranslations("recovery.seams");
  const errorText = useErrorText();
  const [reason, setReason] = useState("");
  const acknowledge = useCall(ledger.acknowledgeLedgerSeam, [
    ledger.listLedgerSeams,
    operations.getOverview,
    ledger.listLedgerEntries,
  ]);
  return (
    <form
      className="stack stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        acknowledge.mutate({ params: { log: String(props.log) }, body: { reason: reason.trim() } });
      }}
    >
      <p className={`warn small ${styles.prose}`}>{t("ask")}</p>
      <div className={styles.acknowledge}>
        <TextInput
          label={t("reason")}
          placeholder={t("reasonHint")}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" h={36} disabled={reason.trim() === ""} loading={acknowledge.isPending}>
          {t("acknowledge")}
        </Button>
      </div>
      {acknowledge.error !== null && (
        <p role="alert" className="danger">
          {errorText(acknowledge.error)}
        </p>
      )}
    </form>
  );
}
