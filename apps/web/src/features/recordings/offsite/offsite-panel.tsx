import { cameras } from "@gatehouse/contract";
import { Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlugConnected, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../../data/query.ts";
import { useCanEverywhere } from "../../../data/session.ts";
import type { Column } from "../../../design/data-table.tsx";
import { EditablePanel } from "../../../design/editable-panel.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { useErrorText } from "../../../design/error-text.ts";
import { RowMenu } from "../../../design/row-menu.tsx";
import { Tag } from "../../../design/tag.tsx";
import { useFormat } from "../../../i18n/provider.tsx";
import styles from "../recordings.module.css";
import { OffsiteEditor } from "./offsite-editor.tsx";

type Target = cameras.OffsiteTarget;

const RENEW_MS = 5_000;

/** Where copies of recordings go, and how far they are. */
export function OffsitePanel() {
  const t = useTranslations("offsite");
  const canManage = useCanEverywhere()("recording.manage");
  const targets = useQuery({ ...query(cameras.listOffsiteTargets, {}), refetchInterval: RENEW_MS });
  const columns = useMemo<Column<Target>[]>(
    () => [
      { id: "name", header: () => t("name"), cell: ({ row }) => <Name target={row.original} /> },
      { id: "health", header: () => t("health"), cell: ({ row }) => <Health target={row.original} /> },
      { id: "done", header: () => t("done"), cell: ({ row }) => <Done target={row.original} /> },
      { id: "waiting", header: () => t("waiting"), cell: ({ row }) => <Waiting target={row.original} /> },
      {
        id: "acts",
        header: () => <span className="visually-hidden">{t("acts")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <Acts target={row.original} />,
      },
    ],
    [t],
  );
  return (
    <EditablePanel
      title={t("title")}
      subtitle={t("subtitle")}
      query={targets}
      what={t("reading")}
      empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      columns={columns}
      phoneRow={(target) => (
        <span className={styles.lines}>
          <Name target={target} />
          <Health target={target} />
          <Done target={target} />
          {isBehind(target) && <Waiting target={target} />}
        </span>
      )}
      phoneEnd={(target) => <Acts target={target} />}
      add={canManage ? t("add") : undefined}
      isMain
      canEdit={canManage}
      editor={(target, onClose) => <OffsiteEditor target={target} onClose={onClose} />}
    />
  );
}

function Name(props: { target: Target }) {
  const t = useTranslations("offsite");
  const { name, settings } = props.target;
  const address = settings.kind === "s3" ? settings.endpoint : settings.url;
  return (
    <span className={styles.lines}>
      <span className="strong truncate">{name}</span>
      <span className="tertiary tiny truncate">
        {t(`kind.${settings.kind}`)}, {URL.parse(address)?.host ?? address}
      </span>
    </span>
  );
}

function Health(props: { target: Target }) {
  const t = useTranslations("offsite");
  const format = useFormat();
  const { enabled, health, failure, failingSinceMs } = props.target;
  if (!enabled)
    return (
      <span>
        <Tag>{t("paused")}</Tag>
      </span>
    );
  return (
    <span className={styles.lines}>
      <span>
        <Tag tone={health === "ok" ? "ok" : health === "failing" ? "warn" : "neutral"}>
          {t(`healthIs.${health}`)}
        </Tag>
      </span>
      {failure !== undefined && (
        <span className="warn tiny">
          {t(`failure.${failure.code}`)}
          {failure.detail === undefined ? "" : ` (${failure.detail})`}
        </span>
      )}
      {failingSinceMs !== undefined && (
        <span className="tertiary tiny">{t("since", { time: format.dateTime(failingSinceMs) })}</span>
      )}
    </span>
  );
}

function Done(props: { target: Target }) {
  const t = useTranslations("offsite");
  const format = useFormat();
  const { done, lastCopyMs } = props.target;
  return (
    <span className={styles.lines}>
      <span className="num">{t("amount", { count: done.segments, bytes: format.bytes(done.bytes) })}</span>
      <span className="tertiary tiny">
        {lastCopyMs === undefined ? t("never") : t("last", { time: format.dateTime(lastCopyMs) })}
      </span>
    </span>
  );
}

const isBehind = ({ waiting, failed, missed, removing }: Target): boolean =>
  [waiting, failed, missed, removing].some(({ segments }) => segments > 0);

/** What is not there yet, and what will not be. */
function Waiting(props: { target: Target }) {
  const t = useTranslations("offsite");
  const format = useFormat();
  const { waiting, oldestWaitingMs, current, failed, missed, removing } = props.target;
  const amount = ({ segments, bytes }: Target["done"]) => ({ count: segments, bytes: format.bytes(bytes) });
  return (
    <span className={styles.lines}>
      <span className="num">{waiting.segments === 0 ? t("nothing") : t("amount", amount(waiting))}</span>
      {oldestWaitingMs !== undefined && (
        <span className="tertiary tiny">{t("since", { time: format.dateTime(oldestWaitingMs) })}</span>
      )}
      {current !== undefined && (
        <span className="tertiary tiny num">
          {t("current", { done: format.bytes(current.bytesDone), bytes: format.bytes(current.bytes) })}
        </span>
      )}
      {failed.segments > 0 && <span className="warn tiny">{t("failed", amount(failed))}</span>}
      {missed.segments > 0 && <span className="warn tiny">{t("missed", amount(missed))}</span>}
      {removing.segments > 0 && <span className="tertiary tiny">{t("removing", amount(removing))}</span>}
    </span>
  );
}

function Acts(props: { target: Target }) {
  const t = useTranslations("offsite");
  const errorText = useErrorText();
  const { id, name } = props.target;
  const test = useCall(cameras.testOffsiteTarget, [cameras.listOffsiteTargets]);
  const retry = useCall(cameras.retryOffsiteTarget, [cameras.listOffsiteTargets]);
  if (!useCanEverywhere()("recording.manage")) return null;
  const failed = (message: string) =>
    notifications.show({ title: name, message, color: "red", autoClose: false });
  const onError = (error: Parameters<typeof errorText>[0]) => failed(errorText(error));
  const runTest = () =>
    test.mutate(
      { params: { id }, body: {} },
      {
        onSuccess: ({ failure }) =>
          failure === undefined
            ? notifications.show({ title: name, message: t("testOk") })
            : failed([t(`failure.${failure.code}`), failure.detail].filter(Boolean).join(" ")),
        onError,
      },
    );
  const runRetry = () =>
    retry.mutate(
      { params: { id }, body: {} },
      {
        onSuccess: ({ segments: count }) =>
          notifications.show({ title: name, message: t("retried", { count }) }),
        onError,
      },
    );
  return (
    <RowMenu label={t("actsOf", { name })} busy={test.isPending || retry.isPending}>
      <Menu.Item leftSection={<IconPlugConnected size={15} />} onClick={runTest}>
        {t("test")}
      </Menu.Item>
      <Menu.Item leftSection={<IconRefresh size={15} />} onClick={runRetry}>
        {t("retry")}
      </Menu.Item>
    </RowMenu>
  );
}
