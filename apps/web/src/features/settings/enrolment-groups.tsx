import { channel } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { GroupDialog } from "./group-dialog.tsx";
import styles from "./settings.module.css";

type Group = channel.EnrolmentGroup;

/** Batches: one key with which many devices enrol. */
export function EnrolmentGroups() {
  const t = useTranslations("channel.groups");
  const locale = useLocale();
  const format = useFormat();
  const mayChange = useCan()("device.credentials");
  const [adding, setAdding] = useState(false);
  const groups = useQuery(query(channel.listEnrolmentGroups, {}));
  const columns = useMemo<Column<Group>[]>(
    () => [
      {
        id: "name",
        header: t("name"),
        cell: ({ row }) => <span className="strong anywhere">{row.original.name}</span>,
      },
      {
        id: "type",
        header: t("type"),
        cell: ({ row }) => findDeviceType(row.original.typeId)?.label[locale] ?? row.original.typeId,
      },
      {
        id: "devices",
        header: t("devices"),
        meta: { align: "end" },
        cell: ({ row }) =>
          `${format.number(row.original.enrolled)} / ${format.number(row.original.maxDevices)}`,
      },
      { id: "ends", header: t("ends"), cell: ({ row }) => format.dateMinute(row.original.expiresMs) },
      {
        id: "state",
        header: () => <span className="visually-hidden">{t("close")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => <State of={row.original} mayChange={mayChange} />,
      },
    ],
    [t, locale, format, mayChange],
  );
  const add = mayChange && (
    <Button variant="default" onClick={() => setAdding(true)}>
      {t("add")}
    </Button>
  );
  return (
    <Panel title={t("title")} subtitle={t("subtitle")} end={add} flush>
      <QueryView
        query={groups}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>}
      >
        {({ items }) => (
          <DataTable
            label={t("title")}
            rows={items}
            rowId={({ id }) => id}
            columns={columns}
            phoneRow={(group) => (
              <span className={styles.lines}>
                <span className="strong anywhere">{group.name}</span>
                <span className="tertiary small">
                  {format.number(group.enrolled)} / {format.number(group.maxDevices)} ·{" "}
                  {format.dateMinute(group.expiresMs)}
                </span>
              </span>
            )}
            phoneEnd={(group) => <State of={group} mayChange={mayChange} />}
          />
        )}
      </QueryView>
      {adding && <GroupDialog onClose={() => setAdding(false)} />}
    </Panel>
  );
}

function stateOf(group: Group, nowMs: number): "open" | "closed" | "over" | "full" {
  if (group.closedMs !== undefined) return "closed";
  if (group.expiresMs <= nowMs) return "over";
  return group.enrolled >= group.maxDevices ? "full" : "open";
}

function State(props: { of: Group; mayChange: boolean }) {
  const t = useTranslations("channel.groups");
  const errorText = useErrorText();
  const nowMs = useNow();
  const [asking, setAsking] = useState(false);
  const close = useCall(channel.closeEnrolmentGroup, [channel.listEnrolmentGroups]);
  const { of, mayChange } = props;
  const state = stateOf(of, nowMs);
  const isUsable = state === "open" || state === "full";
  return (
    <span className="row" style={{ justifyContent: "flex-end" }}>
      <Tag tone={state === "open" ? "ok" : "neutral"}>{t(`state.${state}`)}</Tag>
      {mayChange && isUsable && (
        <Button
          variant="default"
          aria-label={t("closeOne", { name: of.name })}
          onClick={() => setAsking(true)}
        >
          {t("close")}
        </Button>
      )}
      <ConfirmDialog
        opened={asking}
        title={t("closeTitle", { name: of.name })}
        act={t("closeAct")}
        busy={close.isPending}
        error={close.error === null ? undefined : errorText(close.error)}
        onConfirm={() => close.mutate({ params: { id: of.id } }, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        {t("closeText")}
      </ConfirmDialog>
    </span>
  );
}
