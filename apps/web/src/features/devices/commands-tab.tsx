import { devices } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocale, useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { useLive } from "../../data/live.ts";
import { call, invalidate } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { CommandForm } from "./command-form.tsx";
import { Ago } from "./last-value.tsx";
import { COMMAND_TONES, useCommandText } from "./use-sent-command.ts";

type Command = devices.Command;
const PAGE_SIZE = "50";

/** Commands: what this type takes, and what became of each one sent. */
export function CommandsTab(props: { device: devices.Device }) {
  const t = useTranslations("devices.command");
  const locale = useLocale();
  const can = useCan();
  const { device } = props;
  const commands = findDeviceType(device.typeId)?.commands ?? [];
  const mayCommand = can("device.command") && device.revokedMs === undefined;
  return (
    <div className="stack">
      {commands.length === 0 && (
        <Panel>
          <EmptyState title={t("none")}>{t("noneText")}</EmptyState>
        </Panel>
      )}
      {mayCommand &&
        commands.map((command) => (
          <Panel key={command.key} title={t("send")} subtitle={command.label[locale]}>
            <CommandForm deviceId={device.id} command={command} />
          </Panel>
        ))}
      {commands.length > 0 && <CommandList deviceId={device.id} />}
    </div>
  );
}

function CommandList(props: { deviceId: string }) {
  const t = useTranslations("devices.command");
  const columns = useColumns();
  const commandText = useCommandText();
  const pages = useInfiniteQuery({
    queryKey: [devices.listCommands.path, devices.listCommands.method, props.deviceId],
    queryFn: ({ pageParam, signal }) =>
      call(
        devices.listCommands,
        { params: { id: props.deviceId }, query: given({ limit: PAGE_SIZE, before: pageParam }) },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
  useLive({ values: [], details: [props.deviceId] }, (batch) => {
    if (batch.commands?.some(({ deviceId }) => deviceId === props.deviceId)) {
      void invalidate(devices.listCommands);
    }
  });
  return (
    <Panel title={t("list")} flush>
      <QueryView
        query={pages}
        what={t("reading")}
        isEmpty={(data) => data.pages[0]?.items.length === 0}
        empty={<EmptyState title={t("empty")} />}
      >
        {(data) => (
          <>
            <DataTable
              label={t("list")}
              rows={data.pages.flatMap(({ items }) => items)}
              rowId={({ id }) => id}
              columns={columns}
              phoneRow={(command) => (
                <span className="row row-between">
                  <span className="mono truncate">{paramsText(command)}</span>
                  <Tag tone={COMMAND_TONES[command.state]}>{commandText(command)}</Tag>
                </span>
              )}
            />
            <ReadMore
              hasMore={pages.hasNextPage}
              busy={pages.isFetchingNextPage}
              onMore={() => void pages.fetchNextPage()}
            />
          </>
        )}
      </QueryView>
    </Panel>
  );
}

const paramsText = ({ key, params }: Command): string =>
  [key, ...Object.entries(params).map(([name, value]) => `${name}=${String(value)}`)].join(" ");

function useColumns(): Column<Command>[] {
  const t = useTranslations("devices.command");
  return useMemo(
    () => [
      { id: "at", header: t("at"), cell: ({ row }) => <Ago atMs={row.original.createdMs} /> },
      {
        id: "params",
        header: t("params"),
        cell: ({ row }) => <span className="mono">{paramsText(row.original)}</span>,
      },
      { id: "by", header: t("by"), cell: ({ row }) => row.original.byName },
      { id: "state", header: t("state"), cell: ({ row }) => <StateTag command={row.original} /> },
      {
        id: "took",
        header: t("took"),
        meta: { align: "end" },
        cell: ({ row }) => <Took command={row.original} />,
      },
    ],
    [t],
  );
}

function StateTag(props: { command: Command }) {
  const commandText = useCommandText();
  return <Tag tone={COMMAND_TONES[props.command.state]}>{commandText(props.command)}</Tag>;
}

function Took(props: { command: Command }) {
  const format = useFormat();
  const { createdMs, endedMs } = props.command;
  if (endedMs === undefined) return "–";
  const tookMs = Math.max(0, endedMs - createdMs);
  return tookMs < 10_000 ? format.quantity(tookMs, "ms", 0) : format.duration(tookMs);
}
