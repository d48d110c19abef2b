import { type devices, trust } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { given } from "../../data/given.ts";
import { call, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { ConfirmDialog } from "../../design/confirm-dialog.tsx";
import { type Column, DataTable } from "../../design/data-table.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { ReadMore } from "../../design/pager.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Segmented } from "../../design/segmented.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { useFindingText } from "./finding-text.ts";
import { metricsOf } from "./metrics.ts";
import { DEVICE_TRUST } from "./trust-reads.ts";
import { useMetricText } from "./use-metric-text.ts";

type Held = trust.HeldReading;
type State = Held["state"];

const PAGE_SIZE = 20;
const RENEW_MS = 15_000;

/** What waits for a decision, or was decided against; each reading alone or all of them. */
export function HeldReadings(props: { device: devices.Device; trust: trust.DeviceTrust }) {
  const t = useTranslations("trust");
  const can = useCan();
  const [state, setState] = useState<State>("held");
  const { device, trust: data } = props;
  const mayDecide = can("device.quarantine");
  const pages = useInfiniteQuery({
    queryKey: [trust.listHeld.path, "GET", device.id, state],
    queryFn: ({ pageParam, signal }) =>
      call(
        trust.listHeld,
        {
          params: { id: device.id },
          query: given({ state, limit: String(PAGE_SIZE), before: pageParam }),
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: RENEW_MS,
  });
  const rows = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel
      title={t("held")}
      flush
      end={
        <Segmented
          label={t("heldState.label")}
          value={state}
          onChange={setState}
          options={[
            { value: "held", label: `${t("heldState.held")} ${data.held}` },
            { value: "discarded", label: `${t("heldState.discarded")} ${data.discarded}` },
          ]}
        />
      }
      {...(mayDecide && state === "held" && data.held > 0
        ? { footer: <DecideAll device={device} count={data.held} /> }
        : {})}
    >
      <QueryView
        query={pages}
        what={t("heldReading")}
        isEmpty={() => rows.length === 0}
        empty={
          <EmptyState
            icon={<IconInbox size={22} stroke={1.6} />}
            title={state === "held" ? t("heldNone") : t("discardedNone")}
          >
            {state === "held" ? t("heldNoneText") : undefined}
          </EmptyState>
        }
      >
        {() => (
          <>
            <HeldTable device={device} rows={rows} mayDecide={mayDecide} />
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

function HeldTable(props: { device: devices.Device; rows: readonly Held[]; mayDecide: boolean }) {
  const t = useTranslations("trust");
  const format = useFormat();
  const { device, rows, mayDecide } = props;
  const columns = useMemo<Column<Held>[]>(
    () => [
      {
        id: "at",
        header: t("column.at"),
        cell: ({ row }) => <span className="nowrap">{format.dateTime(row.original.tsMs)}</span>,
      },
      {
        id: "values",
        header: t("column.values"),
        cell: ({ row }) => <Values device={device} held={row.original} />,
      },
      {
        id: "why",
        header: t("column.why"),
        cell: ({ row }) => <Why device={device} held={row.original} />,
      },
      {
        id: "act",
        header: () => <span className="visually-hidden">{t("column.act")}</span>,
        meta: { align: "end" },
        cell: ({ row }) => (mayDecide ? <DecideOne device={device} held={row.original} /> : null),
      },
    ],
    [t, format, device, mayDecide],
  );
  return (
    <DataTable
      label={t("held")}
      rows={rows}
      rowId={({ id }) => id}
      columns={columns}
      phoneRow={(held) => (
        <span className="stack stack-tight">
          <span className="row row-between row-wrap">
            <Values device={device} held={held} />
            <span className="tertiary small">{format.dateTime(held.tsMs)}</span>
          </span>
          <Why device={device} held={held} />
          {mayDecide && <DecideOne device={device} held={held} />}
        </span>
      )}
    />
  );
}

function Values(props: { device: devices.Device; held: Held }) {
  const text = useMetricText();
  const metrics = new Map(metricsOf(props.device).map((metric) => [metric.key, metric]));
  return (
    <span className="strong anywhere">
      {props.held.values
        .map(([key, value]) => {
          const metric = metrics.get(key);
          return metric === undefined ? `${key} ${String(value)}` : text.value(metric, value);
        })
        .join(" · ")}
    </span>
  );
}

function Why(props: { device: devices.Device; held: Held }) {
  const t = useTranslations("trust");
  const text = useFindingText(props.device);
  const { cause, findings, decidedBy } = props.held;
  const [first] = findings;
  return (
    <span className="secondary small">
      {cause === "implausible" && first !== undefined ? text.title(first) : t(`cause.${cause}`)}
      {decidedBy === undefined ? "" : ` · ${decidedBy}`}
    </span>
  );
}

function DecideOne(props: { device: devices.Device; held: Held }) {
  const t = useTranslations("trust");
  const release = useCall(trust.releaseHeld, DEVICE_TRUST);
  const discard = useCall(trust.discardHeld, DEVICE_TRUST);
  const { device, held } = props;
  const input = { params: { id: device.id }, body: { ids: [held.id] } };
  return (
    <span className={`row ${styles.decide}`}>
      <Button
        variant="subtle"
        size="compact-xs"
        loading={release.isPending}
        onClick={() => release.mutate(input)}
      >
        {t("releaseOne")}
      </Button>
      {held.state === "held" && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={discard.isPending}
          onClick={() => discard.mutate(input)}
        >
          {t("discardOne")}
        </Button>
      )}
    </span>
  );
}

function DecideAll(props: { device: devices.Device; count: number }) {
  const t = useTranslations("trust");
  const errorText = useErrorText();
  const [asking, setAsking] = useState<"release" | "discard">();
  const release = useCall(trust.releaseHeld, DEVICE_TRUST);
  const discard = useCall(trust.discardHeld, DEVICE_TRUST);
  const { device, count } = props;
  const close = () => setAsking(undefined);
  const input = { params: { id: device.id }, body: {} };
  const dialogs = { release, discard } as const;
  return (
    <div className="row row-wrap">
      <Button variant="default" onClick={() => setAsking("release")}>
        {t("releaseAll")}
      </Button>
      <Button variant="default" onClick={() => setAsking("discard")}>
        {t("discardAll")}
      </Button>
      {(release.data?.refused ?? 0) > 0 && (
        <span role="status" className="warn small">
          {t("refused", { count: release.data?.refused ?? 0 })}
        </span>
      )}
      {(["release", "discard"] as const).map((act) => {
        const { error, isPending, mutate } = dialogs[act];
        return (
          <ConfirmDialog
            key={act}
            opened={asking === act}
            title={t(`${act}AllTitle`)}
            act={t(`${act}AllAct`, { count })}
            busy={isPending}
            error={error === null ? undefined : errorText(error)}
            onConfirm={() => mutate(input, { onSuccess: close })}
            onClose={close}
          >
            {t(`${act}AllText`, { count, name: device.name })}
          </ConfirmDialog>
        );
      })}
    </div>
  );
}
