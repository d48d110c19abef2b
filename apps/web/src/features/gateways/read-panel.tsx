import { accounts, gateways } from "@gatehouse/contract";
import { Button, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconGauge } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { urlOf } from "../../data/client.ts";
import { useNow } from "../../data/now.ts";
import { call, query, useCall } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { useErrorText } from "../../design/error-text.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { Tag } from "../../design/tag.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./gateways.module.css";
import { MissingList } from "./missing-list.tsx";

type Read = gateways.MeterRead;

const DEADLINES_MINUTES = [1, 5, 15, 60];
const OPEN_RENEW_MS = 1_000;
const RENEW_MS = 10_000;

/** Asks every meter, or those behind one gateway. */
export function StartRead(props: { gatewayId?: string; onStarted?: () => void }) {
  const t = useTranslations("gateways.read");
  const errorText = useErrorText();
  const [minutes, setMinutes] = useState(5);
  const start = useCall(gateways.startMeterRead, [gateways.listMeterReads]);
  const run = () => {
    const { gatewayId, onStarted } = props;
    const which = gatewayId === undefined ? { all: true as const } : { gatewayId };
    start.mutate(
      { body: { ...which, deadlineSeconds: minutes * 60 } },
      {
        onError: (error) => notifications.show({ message: errorText(error), color: "red" }),
        onSuccess: () => onStarted?.(),
      },
    );
  };
  return (
    <span className="row row-wrap">
      <NativeSelect
        size="xs"
        aria-label={t("deadline")}
        value={String(minutes)}
        onChange={(event) => setMinutes(Number(event.currentTarget.value))}
        data={DEADLINES_MINUTES.map((count) => ({ value: String(count), label: t("minutes", { count }) }))}
      />
      <Button
        leftSection={<IconGauge size={15} aria-hidden="true" />}
        loading={start.isPending}
        onClick={run}
      >
        {props.gatewayId === undefined ? t("start") : t("startHere")}
      </Button>
    </span>
  );
}

/** The newest round, as far as it is; earlier ones can be chosen. */
export function ReadPanel() {
  const t = useTranslations("gateways.read");
  const format = useFormat();
  const [chosen, setChosen] = useState("");
  const list = useQuery({
    ...query(gateways.listMeterReads, { query: { limit: "20" } }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.state === "open") ? OPEN_RENEW_MS : RENEW_MS,
  });
  const rounds = list.data?.items ?? [];
  const shown = rounds.find(({ id }) => id === chosen) ?? rounds[0];
  const choice = rounds.length > 1 && (
    <NativeSelect
      size="xs"
      aria-label={t("earlier")}
      value={shown?.id ?? ""}
      onChange={(event) => setChosen(event.currentTarget.value)}
      data={rounds.map(({ id, createdMs }) => ({ value: id, label: format.dateTime(createdMs) }))}
    />
  );
  return (
    <Panel title={t("title")} {...(choice === false ? {} : { end: choice })}>
      <QueryView
        query={list}
        what={t("reading")}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <EmptyState icon={<IconGauge size={22} stroke={1.6} />} title={t("empty")}>
            {t("emptyText")}
          </EmptyState>
        }
      >
        {() => shown !== undefined && <Round key={shown.id} read={shown} />}
      </QueryView>
    </Panel>
  );
}

function Round(props: { read: Read }) {
  const t = useTranslations("gateways.read");
  const format = useFormat();
  const nowMs = useNow(OPEN_RENEW_MS);
  const { read } = props;
  const answered = read.total - read.open;
  const wasRead = read.verdicts.read ?? 0;
  const tone = ({ open: "accent", done: "neutral", cancelled: "warn" } as const)[read.state];
  const spoken = t("progress", { answered: format.number(answered), total: format.number(read.total) });
  return (
    <div className="stack">
      <div className="row row-wrap">
        <Tag tone={tone}>{t(`state.${read.state}`)}</Tag>
        <span className="secondary small push-end">
          {t("by", { name: read.byName, when: format.since(read.createdMs, nowMs) })}
        </span>
        <Acts read={read} />
      </div>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={t("title")}
        aria-valuemin={0}
        aria-valuemax={read.total}
        aria-valuenow={answered}
        aria-valuetext={spoken}
      >
        <div className={styles.fill} style={{ width: share(read, wasRead) }} />
        <div className={styles.missing} style={{ width: share(read, answered - wasRead) }} />
      </div>
      <p className="small">
        {spoken}
        {" · "}
        <TimeLeft read={read} nowMs={nowMs} />
      </p>
      <Counts read={read} />
      <MissingList read={read} />
    </div>
  );
}

const share = ({ total }: Read, count: number): string => `${(100 * count) / Math.max(1, total)}%`;

function TimeLeft(props: { read: Read; nowMs: number }) {
  const t = useTranslations("gateways.read");
  const format = useFormat();
  const { state, createdMs, endedMs, expectedMs, deadlineMs } = props.read;
  if (state !== "open") return t("ended", { duration: format.duration((endedMs ?? createdMs) - createdMs) });
  if (expectedMs === undefined) return t("until", { time: format.clock(deadlineMs) });
  return t("expected", { duration: format.duration(Math.max(1_000, expectedMs - props.nowMs)) });
}

function Counts(props: { read: Read }) {
  const t = useTranslations("gateways.read.verdict");
  const format = useFormat();
  const { verdicts, open } = props.read;
  const counts = [
    ...gateways.READ_VERDICTS.map((one) => [one, verdicts[one] ?? 0] as const),
    ["waiting", open] as const,
  ];
  return (
    <dl className={styles.counts}>
      {counts.map(
        ([verdict, count]) =>
          count > 0 && (
            <div key={verdict}>
              <dt>{t(verdict)}</dt>
              <dd>{format.number(count)}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Acts(props: { read: Read }) {
  const t = useTranslations("gateways.read");
  const can = useCan();
  const errorText = useErrorText();
  const cancel = useCall(gateways.cancelMeterRead, [gateways.listMeterReads, gateways.listMeterReadDevices]);
  const { id, state } = props.read;
  const params = { id };
  const save = async () => {
    try {
      /** A download cannot refresh an access cookie that ended: a call before it can. */
      await call(accounts.getMe, {});
    } catch (error) {
      notifications.show({ message: errorText(error), color: "red" });
      return;
    }
    const link = document.createElement("a");
    link.href = urlOf(gateways.exportMeterRead, { params, query: {} });
    link.download = "";
    link.click();
  };
  return (
    <>
      {state === "open" && can("meter_read.run") && (
        <Button
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params, body: {} })}
        >
          {t("cancel")}
        </Button>
      )}
      {can("telemetry.export") && (
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          onClick={() => void save()}
        >
          {t("export")}
        </Button>
      )}
    </>
  );
}
