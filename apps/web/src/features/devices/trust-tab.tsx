import { type devices, trust } from "@gatehouse/contract";
import { IconTimeline } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useMemo } from "react";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { Chart } from "../../design/chart.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { HeldReadings } from "./held-readings.tsx";
import { DismissButton, QuarantineButton, ReleaseButton } from "./trust-dialogs.tsx";
import { Findings } from "./trust-findings.tsx";
import { TrustMark } from "./trust-mark.tsx";

const RENEW_MS = 15_000;
const MINUTE_MS = 60_000;

/** How far the device is believed and why, over time; quarantine; what was kept apart. */
export function TrustTab(props: { device: devices.Device }) {
  const t = useTranslations("trust");
  const { device } = props;
  const read = useQuery({
    ...query(trust.getDeviceTrust, { params: { id: device.id } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <QueryView query={read} what={t("reading")}>
      {(data) => (
        <div className={styles.columns}>
          <div className={`stack ${styles.first}`}>
            <Standing device={device} trust={data} />
            <Verdicts verdicts={data.verdicts} />
          </div>
          <div className={`stack ${styles.second}`}>
            <ScoreOverTime trust={data} />
            <HeldReadings device={device} trust={data} />
          </div>
        </div>
      )}
    </QueryView>
  );
}

function Standing(props: { device: devices.Device; trust: trust.DeviceTrust }) {
  const t = useTranslations("trust");
  const format = useFormat();
  const can = useCan();
  const { device, trust: data } = props;
  const { score, quarantine, suggestedMs, findings } = data;
  const acts = can("device.quarantine") && (
    <div className="row row-wrap">
      {quarantine === undefined ? <QuarantineButton device={device} /> : <ReleaseButton device={device} />}
      {quarantine === undefined && findings.length > 0 && <DismissButton device={device} />}
    </div>
  );
  return (
    <Panel
      title={t("title")}
      end={
        <>
          <TrustMark trust={{ score: 100, quarantined: quarantine !== undefined }} />
          <span className={styles.figure}>{format.number(score)}</span>
          <span className="tertiary small">{t("of")}</span>
        </>
      }
      {...(acts === false ? {} : { footer: acts })}
    >
      <div className="stack">
        <p className={suggestedMs !== undefined && quarantine === undefined ? "warn" : "secondary small"}>
          <StandingText trust={data} />
        </p>
        <Findings device={device} trust={data} />
      </div>
    </Panel>
  );
}

function StandingText(props: { trust: trust.DeviceTrust }) {
  const t = useTranslations("trust.state");
  const format = useFormat();
  const { quarantine, suggestedMs } = props.trust;
  if (quarantine === undefined) return suggestedMs === undefined ? t("none") : t("suggested");
  const when = format.dateMinute(quarantine.atMs);
  if (quarantine.byName === undefined) return t("automatic", { when });
  return t("byPerson", { name: quarantine.byName, when, reason: quarantine.reason ?? "" });
}

function ScoreOverTime(props: { trust: trust.DeviceTrust }) {
  const t = useTranslations("trust");
  const format = useFormat();
  const nowMs = useNow(MINUTE_MS);
  const { history, score } = props.trust;
  const series = useMemo(
    () => [
      {
        label: t("title"),
        colour: "series-3",
        stepped: true,
        t: [...history.map(({ atMs }) => atMs), nowMs],
        v: [...history.map((point) => point.score), score],
      },
    ],
    [t, history, score, nowMs],
  );
  return (
    <Panel title={t("overTime")} subtitle={t("overTimeText")} flush>
      {history.length === 0 ? (
        <EmptyState icon={<IconTimeline size={22} stroke={1.6} />} title={t("noHistory")}>
          {t("noHistoryText")}
        </EmptyState>
      ) : (
        <div className={styles.plot}>
          <Chart
            title={t("overTime")}
            series={series}
            formatValue={(value) => format.number(value, 0)}
            min={0}
            max={100}
          />
        </div>
      )}
    </Panel>
  );
}

const KINDS = ["ok", "suspect", "implausible"] as const;

function Verdicts(props: { verdicts: trust.DeviceTrust["verdicts"] }) {
  const t = useTranslations("trust");
  const format = useFormat();
  return (
    <Panel title={t("verdicts")} subtitle={t("verdictsText")}>
      <dl className="facts">
        {KINDS.map((kind) => (
          <Fragment key={kind}>
            <dt>{t(`verdict.${kind}`)}</dt>
            <dd className="num">{format.number(props.verdicts[kind])}</dd>
          </Fragment>
        ))}
      </dl>
    </Panel>
  );
}
