import type { gateways } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { DeviceState } from "../../design/device-state.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./gateways.module.css";

type Gateway = gateways.SiteGateway;
type Assign = ((gateway: Gateway) => void) | undefined;

export function GatewayTable(props: { rows: readonly Gateway[]; onAssign: Assign }) {
  const t = useTranslations("gateways");
  const { onAssign } = props;
  const columns = useMemo<Column<Gateway>[]>(
    () => [
      { id: "name", header: () => t("column.name"), cell: ({ row }) => <Name gateway={row.original} /> },
      { id: "site", header: () => t("column.site"), cell: ({ row }) => row.original.siteName },
      {
        id: "devices",
        header: () => t("column.devices"),
        cell: ({ row }) => <Heard gateway={row.original} />,
      },
      { id: "queue", header: () => t("column.queue"), cell: ({ row }) => <Queue gateway={row.original} /> },
      {
        id: "contact",
        header: () => t("column.contact"),
        cell: ({ row }) => <Contact gateway={row.original} />,
      },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("column.act")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <AssignButton gateway={row.original} onAssign={onAssign} />,
      },
    ],
    [t, onAssign],
  );
  return (
    <DataTable
      label={t("title")}
      rows={props.rows}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(gateway) => (
        <div className="stack">
          <span className="row row-between row-top">
            <Name gateway={gateway} />
            <Contact gateway={gateway} />
          </span>
          <dl className={styles.facts}>
            <div>
              <dt>{t("column.devices")}</dt>
              <dd>
                <Heard gateway={gateway} />
              </dd>
            </div>
            <div>
              <dt>{t("column.queue")}</dt>
              <dd>
                <Queue gateway={gateway} />
              </dd>
            </div>
          </dl>
          <AssignButton gateway={gateway} onAssign={onAssign} />
        </div>
      )}
    />
  );
}

function Name(props: { gateway: Gateway }) {
  const { id, name, status } = props.gateway;
  return (
    <span className={styles.lines}>
      <Link to="/devices/$deviceId/{-$tab}" params={{ deviceId: id, tab: undefined }} className="strong">
        {name}
      </Link>
      <span className="tiny">
        <DeviceState status={status} />
      </span>
    </span>
  );
}

function Heard(props: { gateway: Gateway }) {
  const t = useTranslations("gateways");
  const format = useFormat();
  const { heard, devices } = props.gateway;
  return <span>{t("heardOf", { heard: format.number(heard), devices: format.number(devices) })}</span>;
}

export function Queue(props: { gateway: Gateway }) {
  const t = useTranslations("gateways");
  const format = useFormat();
  const { queue } = props.gateway;
  if (queue === undefined) return <span className="tertiary">{t("notSaid")}</span>;
  return (
    <span className={styles.lines}>
      <span>
        {queue.messages === 0
          ? t("queueEmpty")
          : t("queueText", { count: queue.messages, size: format.bytes(queue.bytes) })}
      </span>
      {queue.dropped > 0 && <span className="warn tiny">{t("dropped", { count: queue.dropped })}</span>}
    </span>
  );
}

export function Contact(props: { gateway: Gateway }) {
  const t = useTranslations("gateways");
  const format = useFormat();
  const nowMs = useNow(10_000);
  const { lastSeenMs, connected } = props.gateway;
  return (
    <span className={styles.lines}>
      <span>{lastSeenMs === undefined ? "–" : format.since(lastSeenMs, nowMs)}</span>
      <span className={connected ? "tiny secondary" : "tiny warn"}>
        {t(connected ? "session" : "noSession")}
      </span>
    </span>
  );
}

function AssignButton(props: { gateway: Gateway; onAssign: Assign }) {
  const t = useTranslations("gateways");
  const { gateway, onAssign } = props;
  if (onAssign === undefined) return null;
  return (
    <Button
      variant="default"
      aria-label={t("assignTo", { name: gateway.name })}
      onClick={() => onAssign(gateway)}
    >
      {t("assign")}
    </Button>
  );
}
