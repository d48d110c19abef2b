import { type devices, remoteSettings } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";

type Version = remoteSettings.SettingsVersion;

/** Read again after a change. */
export const REMOTE_SETTINGS = [
  remoteSettings.getRemoteSettings,
  remoteSettings.listSettingsVersions,
] as const;

/** Who set what and when; each can be set again. */
export function SettingsVersions(props: { device: devices.Device; newest: number }) {
  const t = useTranslations("remoteSettings");
  const { device, newest } = props;
  const read = useQuery({
    ...query(remoteSettings.listSettingsVersions, { params: { id: device.id } }),
  });
  return (
    <Panel title={t("versions")} subtitle={t("versionsText")} flush>
      <QueryView
        query={read}
        what={t("readingVersions")}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <EmptyState icon={<IconHistory size={22} stroke={1.6} />} title={t("noVersions")}>
            {t("noVersionsText")}
          </EmptyState>
        }
      >
        {({ items }) => <VersionTable device={device} newest={newest} items={items} />}
      </QueryView>
    </Panel>
  );
}

function VersionTable(props: { device: devices.Device; newest: number; items: readonly Version[] }) {
  const t = useTranslations("remoteSettings");
  const format = useFormat();
  const can = useCan();
  const { device, newest, items } = props;
  const mayRestore = can("device.configure");
  const columns = useMemo<Column<Version>[]>(
    () => [
      {
        id: "version",
        header: t("versionColumn.version"),
        cell: ({ row }) => <What version={row.original} />,
      },
      {
        id: "settings",
        header: t("versionColumn.settings"),
        cell: ({ row }) => (
          <code className={`mono small ${styles.document}`}>{JSON.stringify(row.original.settings)}</code>
        ),
      },
      {
        id: "when",
        header: t("versionColumn.by"),
        cell: ({ row }) => (
          <span>
            {row.original.byName}{" "}
            <span className="tertiary small">{format.dateMinute(row.original.atMs)}</span>
          </span>
        ),
      },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("restore")}</span>,
        meta: { align: "end" },
        cell: ({ row }) =>
          mayRestore && row.original.version < newest ? (
            <RestoreButton device={device} version={row.original.version} newest={newest} />
          ) : null,
      },
    ],
    [t, format, device, newest, mayRestore],
  );
  return (
    <DataTable
      label={t("versions")}
      rows={items}
      rowId={({ version }) => String(version)}
      columns={columns}
      phoneRow={(version) => (
        <span className="stack stack-tight">
          <What version={version} />
          <code className={`mono small ${styles.document}`}>{JSON.stringify(version.settings)}</code>
          <span className="tertiary small">
            {format.dateMinute(version.atMs)} · {version.byName}
          </span>
        </span>
      )}
      phoneEnd={({ version }) =>
        mayRestore && version < newest ? (
          <RestoreButton device={device} version={version} newest={newest} />
        ) : null
      }
    />
  );
}

function What(props: { version: Version }) {
  const t = useTranslations("remoteSettings");
  const { version, restores } = props.version;
  return (
    <span>
      <span className="nowrap">{t("version", { version })}</span>
      {restores !== undefined && (
        <span className="tertiary small"> {t("restores", { version: restores })}</span>
      )}
    </span>
  );
}

function RestoreButton(props: { device: devices.Device; version: number; newest: number }) {
  const t = useTranslations("remoteSettings");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const { device, version, newest } = props;
  const restore = useCall(remoteSettings.restoreSettingsVersion, REMOTE_SETTINGS);
  const close = () => setAsking(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        aria-label={t("restoreLabel", { version })}
        onClick={() => setAsking(true)}
      >
        {t("restore")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("restoreTitle", { version })}
        act={t("restoreAct", { version })}
        busy={restore.isPending}
        error={restore.error === null ? undefined : errorText(restore.error)}
        onConfirm={() =>
          restore.mutate(
            { params: { id: device.id }, body: { version, after: newest } },
            { onSuccess: close },
          )
        }
        onClose={close}
      >
        {t("restoreText", { name: device.name })}
      </ConfirmDialog>
    </>
  );
}
