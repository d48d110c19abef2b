import { devices, LIMITS } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { query, useCall } from "../../data/query.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { CopyButton } from "../../design/copy-button.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { GrantDialog } from "./grant-dialog.tsx";
import { without } from "./grant-draft.ts";

type Grant = devices.TopicGrant;

/** Topics beyond the device's own, and what it may do with them. */
export function GrantedTopics(props: { device: devices.Device; mayChange: boolean }) {
  const t = useTranslations("devices.grant");
  const { device, mayChange } = props;
  const list = useQuery(query(devices.getDeviceTopics, { params: { id: device.id } }));
  const [editing, setEditing] = useState<Grant | "new">();
  const isFull = (list.data?.granted.length ?? 0) >= LIMITS.grantsPerDevice;
  return (
    <Panel
      title={t("title")}
      flush
      end={
        mayChange && (
          <Button
            variant="default"
            disabled={list.data === undefined || isFull}
            onClick={() => setEditing("new")}
          >
            {t("add")}
          </Button>
        )
      }
      footer={isFull ? t("full", { count: String(LIMITS.grantsPerDevice) }) : t("note")}
    >
      <QueryView
        query={list}
        what={t("reading")}
        isEmpty={({ granted }) => granted.length === 0}
        empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      >
        {(topics) => <GrantTable device={device} topics={topics} mayChange={mayChange} onEdit={setEditing} />}
      </QueryView>
      {editing !== undefined && list.data !== undefined && (
        <GrantDialog
          device={device}
          topics={list.data}
          grant={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Panel>
  );
}

function GrantTable(props: {
  device: devices.Device;
  topics: devices.DeviceTopics;
  mayChange: boolean;
  onEdit: (grant: Grant) => void;
}) {
  const t = useTranslations("devices.grant");
  const { device, topics, mayChange, onEdit } = props;
  const columns = useMemo<Column<Grant>[]>(
    () => [
      {
        id: "pattern",
        header: t("topic"),
        cell: ({ row }) => (
          <span className="row">
            <span className="mono anywhere">{row.original.pattern}</span>
            <CopyButton text={row.original.pattern} />
          </span>
        ),
      },
      { id: "publish", header: t("publish"), cell: ({ row }) => (row.original.publish ? t("yes") : t("no")) },
      {
        id: "subscribe",
        header: t("subscribe"),
        cell: ({ row }) => (row.original.subscribe ? t("yes") : t("no")),
      },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("change")}</span>,
        meta: { align: "end" },
        cell: ({ row }) =>
          mayChange && <Acts device={device} topics={topics} grant={row.original} onEdit={onEdit} />,
      },
    ],
    [t, device, topics, mayChange, onEdit],
  );
  return (
    <DataTable
      label={t("title")}
      rows={topics.granted}
      rowId={({ pattern }) => pattern}
      columns={columns}
      phoneRow={(grant) => (
        <span className="stack stack-tight">
          <span className="mono anywhere">{grant.pattern}</span>
          <span className="row row-between">
            <span className="secondary small">{rightsOf(grant, t)}</span>
            {mayChange && <Acts device={device} topics={topics} grant={grant} onEdit={onEdit} />}
          </span>
        </span>
      )}
    />
  );
}

const rightsOf = (grant: Grant, t: (right: "publish" | "subscribe") => string): string =>
  (["publish", "subscribe"] as const)
    .filter((right) => grant[right])
    .map((right) => t(right))
    .join(" · ");

function Acts(props: {
  device: devices.Device;
  topics: devices.DeviceTopics;
  grant: Grant;
  onEdit: (grant: Grant) => void;
}) {
  const t = useTranslations("devices.grant");
  const errorText = useErrorText();
  const [asking, setAsking] = useState(false);
  const save = useCall(devices.setDeviceTopics, [devices.getDeviceTopics]);
  const { device, topics, grant, onEdit } = props;
  const { pattern } = grant;
  const remove = () =>
    save.mutate(
      {
        params: { id: device.id },
        body: { granted: without(topics.granted, grant), revision: topics.revision },
      },
      { onSuccess: () => setAsking(false) },
    );
  return (
    <span className="nowrap">
      <Button
        variant="subtle"
        size="compact-xs"
        h={24}
        aria-label={t("editOf", { pattern })}
        onClick={() => onEdit(grant)}
      >
        {t("change")}
      </Button>
      <Button
        variant="subtle"
        size="compact-xs"
        h={24}
        aria-label={t("removeOf", { pattern })}
        onClick={() => setAsking(true)}
      >
        {t("remove")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("removeTitle")}
        act={t("removeAct")}
        destructive
        busy={save.isPending}
        error={save.error === null ? undefined : errorText(save.error)}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      >
        {t("removeText", { pattern, name: device.name })}
      </ConfirmDialog>
    </span>
  );
}
