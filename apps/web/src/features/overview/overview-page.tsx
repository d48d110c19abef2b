import { operations } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { useNow } from "../../data/now.ts";
import { query } from "../../data/query.ts";
import { LiveMark } from "../../design/live-mark.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { StatusLink, StatusSentence } from "../../design/status-sentence.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { AttacksPanel } from "./attacks-panel.tsx";
import { Figures } from "./figures.tsx";
import { FleetPanel } from "./fleet-panel.tsx";
import { FreshInstallation } from "./fresh-installation.tsx";
import { NeedsYou } from "./needs-you.tsx";
import styles from "./overview.module.css";
import { TemperaturePanel } from "./temperature-panel.tsx";

const RENEW_MS = 10_000;

/** One true sentence, six figures, what needs somebody, what moves, and where everything stands. */
export function OverviewPage() {
  const t = useTranslations();
  const overview = useQuery({ ...query(operations.getOverview, {}), refetchInterval: RENEW_MS });
  return (
    <>
      {overview.data === undefined && <h1 className="visually-hidden">{t("shell.nav.overview")}</h1>}
      <QueryView query={overview} what={t("overview.reading")}>
        {(data) =>
          data.devices.total === 0 ? <FreshInstallation overview={data} /> : <Running overview={data} />
        }
      </QueryView>
    </>
  );
}

function Running(props: { overview: operations.Overview }) {
  const { overview } = props;
  return (
    <>
      <StatusSentence detail={<Clock />}>
        <Sentence overview={overview} />
      </StatusSentence>
      <Figures overview={overview} />
      <div className={styles.grid}>
        <NeedsYou needs={overview.needsYou} />
        <TemperaturePanel />
        <FleetPanel />
        <AttacksPanel refused={overview.refused} />
      </div>
    </>
  );
}

function Sentence(props: { overview: operations.Overview }) {
  const t = useTranslations("overview.sentence");
  const format = useFormat();
  const { alerts, devices: fleet } = props.overview;
  const allOnline = fleet.online === fleet.total;
  return (
    <>
      {alerts.open > 0 && (
        <>
          <StatusLink
            to="/alerts"
            search={alerts.critical > 0 ? { state: "open", severity: "critical" } : { state: "open" }}
            tone={alerts.critical > 0 ? "danger" : "warn"}
          >
            {alerts.critical > 0
              ? t("critical", { count: alerts.critical })
              : t("alerts", { count: alerts.open })}
          </StatusLink>{" "}
        </>
      )}
      <StatusLink to="/devices" tone="plain" {...(allOnline ? {} : { search: { sort: "status" } })}>
        {t("online", { online: format.number(fleet.online), total: fleet.total })}
      </StatusLink>{" "}
      {t("areOnline", { online: fleet.online })} {alerts.open === 0 && t("calm")}
    </>
  );
}

/** The site's date and time, moving; with the state of the live connection. */
function Clock() {
  const format = useFormat();
  const nowMs = useNow();
  return (
    <span className={styles.clock}>
      <span className="num">
        {format.longDate(nowMs)}, {format.clock(nowMs)}
      </span>
      <LiveMark />
    </span>
  );
}
