import { alerts } from "@gatehouse/contract";
import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import type { Column } from "../../design/data-table.tsx";
import { EditablePanel } from "../../design/editable-panel.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { useFailureText } from "../../design/failure-text.ts";
import { RowMenu } from "../../design/row-menu.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { ChannelEditor } from "./channel-editor.tsx";
import styles from "./settings.module.css";

type Channel = alerts.Channel;

/** Where alerts are sent. The console's bell needs no channel. */
export function NotificationsSection() {
  const t = useTranslations("settings.channel");
  const format = useFormat();
  const can = useCan();
  const canWrite = can("channel.write");
  const channels = useQuery({ ...query(alerts.listChannels, {}), enabled: can("channel.read") });
  const columns = useMemo<Column<Channel>[]>(
    () => [
      { id: "name", header: () => t("name"), cell: ({ row }) => <Name channel={row.original} /> },
      { id: "health", header: () => t("health"), cell: ({ row }) => <Health channel={row.original} /> },
      {
        id: "today",
        header: () => t("today"),
        meta: { align: "end" },
        cell: ({ row }) =>
          `${format.number(row.original.sentToday)} / ${format.number(row.original.dailyCap)}`,
      },
      {
        id: "test",
        header: () => <span className="visually-hidden">{t("test")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <Test channel={row.original} />,
      },
    ],
    [t, format],
  );
  return (
    <EditablePanel
      title={t("title")}
      query={channels}
      what={t("reading")}
      empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      columns={columns}
      phoneRow={(channel) => (
        <span className={styles.lines}>
          <Name channel={channel} />
          <Health channel={channel} />
        </span>
      )}
      phoneEnd={(channel) => <PhoneActs channel={channel} />}
      add={canWrite ? t("add") : undefined}
      isMain
      canEdit={canWrite}
      editor={(channel, onClose) => <ChannelEditor channel={channel} onClose={onClose} />}
    />
  );
}

function Name(props: { channel: Channel }) {
  const t = useTranslations("settings.channel");
  const { name, settings, enabled } = props.channel;
  return (
    <span className={styles.lines}>
      <span className="strong truncate">{name}</span>
      <span className="tertiary tiny">
        {t(`kind.${settings.kind}`)}
        {!enabled && `, ${t("off")}`}
      </span>
    </span>
  );
}

function Health(props: { channel: Channel }) {
  const t = useTranslations("settings.channel");
  const failureText = useFailureText();
  const { health, lastError } = props.channel;
  const tone = health === "ok" ? "ok" : health === "failing" ? "warn" : "neutral";
  return (
    <span className={styles.lines}>
      <span>
        <Tag tone={tone}>{t(`healthIs.${health}`)}</Tag>
      </span>
      {health === "failing" && lastError !== undefined && (
        <span className="tertiary tiny truncate">{failureText(lastError)}</span>
      )}
    </span>
  );
}

/** Sends a message now and says in words what happened; a failure stays until it is read. */
function useTest({ id, name }: Channel) {
  const t = useTranslations("settings.channel");
  const errorText = useErrorText();
  const failureText = useFailureText();
  const test = useCall(alerts.testChannel, [alerts.listChannels]);
  const failed = (message: string) =>
    notifications.show({ title: name, message, color: "red", autoClose: false });
  return {
    busy: test.isPending,
    run: () =>
      test.mutate(
        { params: { id }, body: {} },
        {
          onSuccess: ({ failure }) =>
            failure === undefined
              ? notifications.show({ title: name, message: t("testOk") })
              : failed(t("testFailed", { detail: failureText(failure) })),
          onError: (error) => failed(errorText(error)),
        },
      ),
  };
}

function Test(props: { channel: Channel }) {
  const t = useTranslations("settings.channel");
  const test = useTest(props.channel);
  if (!useCan()("channel.write")) return null;
  return (
    <Button
      variant="default"
      loading={test.busy}
      aria-label={t("testOne", { name: props.channel.name })}
      onClick={test.run}
    >
      {t("test")}
    </Button>
  );
}

function PhoneActs(props: { channel: Channel }) {
  const t = useTranslations("settings.channel");
  const test = useTest(props.channel);
  if (!useCan()("channel.write")) return null;
  return (
    <RowMenu label={t("actsOf", { name: props.channel.name })} busy={test.busy}>
      <Menu.Item leftSection={<IconSend size={15} />} onClick={test.run}>
        {t("testAct")}
      </Menu.Item>
    </RowMenu>
  );
}
