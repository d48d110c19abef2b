import { alerts } from "@gatehouse/contract";
import { ActionIcon, Button } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./alerts.module.css";
import { conditionText, seenText, valueText } from "./condition-text.ts";
import { AlertStateTag, SeverityGlyph } from "./severity.tsx";
import { useWords } from "./use-words.ts";

type Alert = alerts.Alert;

export function AlertTable(props: { rows: readonly Alert[]; onOpen: (id: string) => void }) {
  const t = useTranslations("alerts");
  return (
    <DataTable
      label={t("title")}
      rows={props.rows}
      rowId={({ id }) => id}
      columns={COLUMNS}
      onOpen={({ id }) => props.onOpen(id)}
      phoneRow={(alert) => <PhoneRow alert={alert} />}
      phoneEnd={(alert) => <PhoneAct alert={alert} />}
    />
  );
}

function Head(props: { of: "alert" | "device" | "value" | "since" | "state" | "act" }) {
  const t = useTranslations("alerts.column");
  return props.of === "act" ? <span className="visually-hidden">{t("act")}</span> : t(props.of);
}

const COLUMNS: readonly Column<Alert>[] = [
  { id: "alert", header: () => <Head of="alert" />, cell: ({ row }) => <Name alert={row.original} /> },
  { id: "device", header: () => <Head of="device" />, cell: ({ row }) => <Device alert={row.original} /> },
  {
    id: "value",
    header: () => <Head of="value" />,
    meta: { align: "end" },
    cell: ({ row }) => <Value alert={row.original} />,
  },
  { id: "since", header: () => <Head of="since" />, cell: ({ row }) => <Since alert={row.original} /> },
  {
    id: "state",
    header: () => <Head of="state" />,
    cell: ({ row }) => <AlertStateTag alert={row.original} />,
  },
  {
    id: "act",
    header: () => <Head of="act" />,
    meta: { align: "end" },
    cell: ({ row }) => <QuickAct alert={row.original} />,
  },
];

function Name(props: { alert: Alert }) {
  const { alert } = props;
  return (
    <span className={styles.name}>
      <SeverityGlyph severity={alert.severity} resolved={alert.state === "resolved"} />
      <span className={styles.words}>
        <span className="strong truncate">{alert.ruleName}</span>
        <span className="tertiary tiny truncate">
          <Condition alert={alert} />
        </span>
      </span>
    </span>
  );
}

export function Condition(props: { alert: Alert }) {
  const words = useWords();
  return conditionText(props.alert.condition, words, props.alert.unit);
}

export function Value(props: { alert: Alert }) {
  const words = useWords();
  const { event, value, unit, metric } = props.alert;
  if (event !== undefined) return seenText(event, words);
  return valueText(value, unit ?? (metric === undefined ? "" : words.metric(metric).unit), words);
}

function Device(props: { alert: Alert }) {
  const { deviceId, deviceName, siteName } = props.alert;
  return (
    <span className={styles.words}>
      {deviceId === undefined ? (
        deviceName
      ) : (
        <Link to="/devices/$deviceId/{-$tab}" params={{ deviceId, tab: undefined }} className="link">
          {deviceName}
        </Link>
      )}
      <span className="tertiary tiny">{siteName}</span>
    </span>
  );
}

function Since(props: { alert: Alert }) {
  const format = useFormat();
  const nowMs = useNow(10_000);
  return (
    <time title={format.dateTime(props.alert.raisedMs)}>{format.since(props.alert.raisedMs, nowMs)}</time>
  );
}

function useAcknowledge({ id, state }: Alert) {
  const can = useCan();
  const acknowledge = useCall(alerts.acknowledgeAlert, [alerts.listAlerts, alerts.getAlert]);
  return {
    possible: state === "active" && can("alert.handle"),
    busy: acknowledge.isPending,
    run: () => acknowledge.mutate({ params: { id }, body: {} }),
  };
}

function QuickAct(props: { alert: Alert }) {
  const t = useTranslations("alerts.act");
  const acknowledge = useAcknowledge(props.alert);
  if (!acknowledge.possible) return null;
  return (
    <Button
      variant="default"
      loading={acknowledge.busy}
      aria-label={t("acknowledgeOne", { name: props.alert.ruleName })}
      onClick={acknowledge.run}
    >
      {t("acknowledge")}
    </Button>
  );
}

function PhoneAct(props: { alert: Alert }) {
  const t = useTranslations("alerts.act");
  const acknowledge = useAcknowledge(props.alert);
  if (!acknowledge.possible) return null;
  return (
    <ActionIcon
      loading={acknowledge.busy}
      aria-label={t("acknowledgeOne", { name: props.alert.ruleName })}
      onClick={acknowledge.run}
    >
      <IconCheck size={18} />
    </ActionIcon>
  );
}

function PhoneRow(props: { alert: Alert }) {
  const { alert } = props;
  return (
    <span className={styles.phone}>
      <SeverityGlyph severity={alert.severity} resolved={alert.state === "resolved"} />
      <span className="strong">{alert.ruleName}</span>
      <AlertStateTag alert={alert} />
      <span className="secondary small">
        <Condition alert={alert} />: <Value alert={alert} />
      </span>
      <span className="tertiary tiny">
        {alert.deviceName}, {alert.siteName} · <Since alert={alert} />
      </span>
    </span>
  );
}
