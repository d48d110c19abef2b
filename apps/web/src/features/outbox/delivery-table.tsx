import { alerts } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { useFailureText } from "../../design/failure-text.ts";
import { Tag, type Tone } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./outbox.module.css";

type Delivery = alerts.Delivery;

export const DELIVERY_STATES = [
  "queued",
  "sending",
  "sent",
  "retrying",
  "dead",
  "held",
  "capped",
  "expired",
  "deferred",
  "summed",
  "muted",
] as const;

const TONES = {
  queued: "neutral",
  sending: "neutral",
  sent: "ok",
  retrying: "warn",
  dead: "warn",
  held: "accent",
  capped: "warn",
  expired: "neutral",
  deferred: "accent",
  summed: "neutral",
  muted: "neutral",
} satisfies Record<Delivery["state"], Tone>;

export function DeliveryState(props: { state: Delivery["state"] }) {
  const t = useTranslations("outbox.state");
  return <Tag tone={TONES[props.state]}>{t(props.state)}</Tag>;
}

export function DeliveryTable(props: { rows: readonly Delivery[]; onOpen: (id: string) => void }) {
  const t = useTranslations("outbox");
  const columns = useMemo<Column<Delivery>[]>(
    () => [
      {
        id: "message",
        header: () => t("column.message"),
        cell: ({ row }) => <Message delivery={row.original} />,
      },
      {
        id: "channel",
        header: () => t("column.channel"),
        cell: ({ row }) => row.original.channelName || "–",
      },
      { id: "to", header: () => t("column.to"), cell: ({ row }) => row.original.to || "–" },
      {
        id: "created",
        header: () => t("column.created"),
        cell: ({ row }) => <Created delivery={row.original} />,
      },
      {
        id: "state",
        header: () => t("column.state"),
        cell: ({ row }) => <DeliveryState state={row.original.state} />,
      },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("column.act")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <Retry delivery={row.original} />,
      },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("title")}
      rows={props.rows}
      rowId={({ id }) => id}
      columns={columns}
      onOpen={({ id }) => props.onOpen(id)}
      phoneRow={(delivery) => (
        <span className="row row-between row-top">
          <Message delivery={delivery} />
          <DeliveryState state={delivery.state} />
        </span>
      )}
    />
  );
}

function Message(props: { delivery: Delivery }) {
  const failureText = useFailureText();
  const { subject, error } = props.delivery;
  return (
    <span className={styles.lines}>
      <span className="strong truncate">{subject}</span>
      {error !== undefined && <span className="warn tiny truncate">{failureText(error)}</span>}
    </span>
  );
}

function Created(props: { delivery: Delivery }) {
  const format = useFormat();
  const nowMs = useNow(10_000);
  return format.since(props.delivery.createdMs, nowMs);
}

/** Only for what will not go out by itself. */
export function Retry(props: { delivery: Delivery }) {
  const t = useTranslations("outbox");
  const can = useCan();
  const retry = useCall(alerts.retryDelivery, [alerts.listDeliveries]);
  const { id, state, subject } = props.delivery;
  if (!["dead", "retrying", "held", "capped", "deferred", "muted"].includes(state) || !can("outbox.retry"))
    return null;
  return (
    <Button
      variant="default"
      loading={retry.isPending}
      aria-label={t("retryOne", { name: subject })}
      onClick={() => retry.mutate({ params: { id }, body: {} })}
    >
      {t("retry")}
    </Button>
  );
}
