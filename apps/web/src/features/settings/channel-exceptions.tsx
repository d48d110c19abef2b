import { channel } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./settings.module.css";

type Exception = channel.PolicyException;

/** Devices that may go on without the channel until a day. */
export function ChannelExceptions(props: { exceptions: readonly Exception[] }) {
  const t = useTranslations("channel.settings");
  const format = useFormat();
  const canWrite = useCan()("settings.write");
  const columns = useMemo<Column<Exception>[]>(
    () => [
      { id: "device", header: t("device"), cell: ({ row }) => <Device of={row.original} /> },
      { id: "until", header: t("until"), cell: ({ row }) => format.date(row.original.untilMs) },
      {
        id: "reason",
        header: t("reason"),
        cell: ({ row }) => <span className="anywhere">{row.original.reason}</span>,
      },
      {
        id: "end",
        header: () => <span className="visually-hidden">{t("end")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => canWrite && <EndButton of={row.original} />,
      },
    ],
    [t, format, canWrite],
  );
  return (
    <Panel title={t("exceptions")} flush footer={t("exceptionsNote")}>
      {props.exceptions.length === 0 ? (
        <EmptyState title={t("noExceptions")}>{t("noExceptionsText")}</EmptyState>
      ) : (
        <DataTable
          label={t("exceptions")}
          rows={props.exceptions}
          rowId={({ deviceId }) => deviceId}
          columns={columns}
          phoneRow={(one) => (
            <span className={styles.lines}>
              <Device of={one} />
              <span className="secondary small anywhere">{one.reason}</span>
              <span className="tertiary small">{format.date(one.untilMs)}</span>
            </span>
          )}
          phoneEnd={(one) => canWrite && <EndButton of={one} />}
        />
      )}
    </Panel>
  );
}

function Device(props: { of: Exception }) {
  const { deviceId, name } = props.of;
  return (
    <Link
      to="/devices/$deviceId/{-$tab}"
      params={{ deviceId, tab: "security" }}
      className="link strong anywhere"
    >
      {name}
    </Link>
  );
}

function EndButton(props: { of: Exception }) {
  const t = useTranslations("channel.settings");
  const { deviceId, name } = props.of;
  const end = useCall(channel.deletePolicyException, [channel.getChannel, channel.getDeviceSecurity]);
  return (
    <Button
      variant="default"
      loading={end.isPending}
      aria-label={t("endOne", { name })}
      onClick={() => end.mutate({ params: { id: deviceId } })}
    >
      {t("end")}
    </Button>
  );
}
