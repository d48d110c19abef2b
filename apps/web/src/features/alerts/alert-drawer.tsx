import { alerts, cameras } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useLive } from "../../data/live.ts";
import { invalidate, query } from "../../data/query.ts";
import { useCan } from "../../data/session.ts";
import { QueryView } from "../../design/query-view.tsx";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { AlertActions } from "./alert-actions.tsx";
import { Condition, Value } from "./alert-table.tsx";
import styles from "./alerts.module.css";
import { EscalationTimeline } from "./escalation-timeline.tsx";
import { AlertStateTag, SeverityGlyph } from "./severity.tsx";

/** One alert: what was measured, what can be done, and what happened so far. */
export function AlertDrawer(props: { id: string; onClose: () => void }) {
  const t = useTranslations("alerts");
  const can = useCan();
  const read = useQuery(query(alerts.getAlert, { params: { id: props.id } }));
  useLive({ values: [] }, (batch) => {
    if (batch.alerts?.some(({ id }) => id === props.id) === true) void invalidate(alerts.getAlert);
  });
  return (
    <SideDrawer title={read.data?.alert.ruleName ?? t("one")} onClose={props.onClose}>
      <QueryView query={read} what={t("one")}>
        {({ alert, escalation, events }) => (
          <div className="stack">
            <div className="row row-wrap">
              <SeverityGlyph severity={alert.severity} resolved={alert.state === "resolved"} />
              <span>{t(`severity.${alert.severity}`)}</span>
              <AlertStateTag alert={alert} />
            </div>
            <Facts alert={alert} />
            {alert.state !== "resolved" && can("alert.handle") && <AlertActions alert={alert} />}
            {escalation !== undefined && (
              <EscalationTimeline escalation={escalation} snoozed={alert.state === "snoozed"} />
            )}
            <section className={styles.section}>
              <h3>{t("history")}</h3>
              <ol className={styles.history}>
                {events.map((event, n) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: events are only ever added at the end
                  <Event key={n} event={event} />
                ))}
              </ol>
            </section>
          </div>
        )}
      </QueryView>
    </SideDrawer>
  );
}

function Facts(props: { alert: alerts.Alert }) {
  const t = useTranslations("alerts.fact");
  const format = useFormat();
  const { alert } = props;
  return (
    <dl className="facts">
      <dt>{t("condition")}</dt>
      <dd>
        <Condition alert={alert} />
      </dd>
      {alert.value !== undefined && (
        <>
          <dt>{t("value")}</dt>
          <dd className="strong">
            <Value alert={alert} />
          </dd>
        </>
      )}
      {alert.event !== undefined && <EventFacts event={alert.event} alert={alert} />}
      <dt>{t("device")}</dt>
      <dd>
        {alert.deviceId === undefined ? (
          alert.deviceName
        ) : (
          <Link
            to="/devices/$deviceId/{-$tab}"
            params={{ deviceId: alert.deviceId, tab: undefined }}
            className="link"
          >
            {alert.deviceName}
          </Link>
        )}
        , {alert.siteName}
      </dd>
      <dt>{t("raised")}</dt>
      <dd>{format.dateTime(alert.raisedMs)}</dd>
      {alert.snoozedUntilMs !== undefined && alert.state === "snoozed" && (
        <>
          <dt>{t("snoozedUntil")}</dt>
          <dd>{format.dateTime(alert.snoozedUntilMs)}</dd>
        </>
      )}
      {alert.acknowledgedBy !== undefined && (
        <>
          <dt>{t("acknowledgedBy")}</dt>
          <dd>{alert.acknowledgedBy}</dd>
        </>
      )}
      {alert.note !== undefined && alert.note !== "" && (
        <>
          <dt>{t("note")}</dt>
          <dd>{alert.note}</dd>
        </>
      )}
      {alert.resolvedMs !== undefined && (
        <>
          <dt>{t("resolved")}</dt>
          <dd>{format.dateTime(alert.resolvedMs)}</dd>
        </>
      )}
      {alert.ruleId !== undefined && (
        <>
          <dt>{t("rule")}</dt>
          <dd>
            <Link to="/alerts/rules" search={{ rule: alert.ruleId }} className="link">
              {alert.ruleName}
            </Link>
          </dd>
        </>
      )}
    </dl>
  );
}

function EventFacts(props: { alert: alerts.Alert; event: alerts.AlertEventFacts }) {
  const t = useTranslations("alerts.fact");
  const can = useCan();
  const { id, zones } = props.event;
  return (
    <>
      <dt>{t("seen")}</dt>
      <dd className="strong">
        <Value alert={props.alert} />
      </dd>
      {zones.length > 0 && (
        <>
          <dt>{t("zones")}</dt>
          <dd>{zones.join(", ")}</dd>
        </>
      )}
      {can("recording.view") && (
        <>
          <dt>{t("clip")}</dt>
          <dd>
            <Link to="/clips/$eventId" params={{ eventId: id }} className="link">
              {t("watch")}
            </Link>
          </dd>
        </>
      )}
    </>
  );
}

const KINDS = [
  "raised",
  "repeated",
  "escalated",
  "acknowledged",
  "snoozed",
  "unsnoozed",
  "judged",
  "resolved",
  "notified",
  "delivery_failed",
] as const;
type Kind = (typeof KINDS)[number];
const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

const REASONS = [
  "cleared",
  "rule_changed",
  "rule_disabled",
  "rule_deleted",
  "device_deleted",
  "device_revoked",
  "out_of_scope",
  "over",
  "judged",
  "unanswered",
  "event_gone",
] as const;
const isReason = (text: string): text is (typeof REASONS)[number] =>
  (REASONS as readonly string[]).includes(text);

/** What an event adds, in words: why an alert is over, for how long it is quiet; notes and names as they are. */
function useDetailText(): (kind: string, detail: string) => string {
  const t = useTranslations("alerts.reason");
  const verdictText = useTranslations("alerts.verdict");
  const stepText = useTranslations("alerts.escalation");
  const format = useFormat();
  return (kind, detail) => {
    const verdict = kind === "judged" ? cameras.VERDICTS.find((one) => one === detail) : undefined;
    if (verdict !== undefined) return verdictText(verdict);
    if (kind === "resolved" && isReason(detail)) return t(detail);
    if (kind === "escalated") return stepText("step", { n: detail });
    return kind === "snoozed" ? format.duration(Number(detail)) : detail;
  };
}

function Event(props: { event: { atMs: number; kind: string; by?: string; detail?: string } }) {
  const t = useTranslations("alerts.event");
  const format = useFormat();
  const detailText = useDetailText();
  const { atMs, kind, by, detail } = props.event;
  return (
    <li className={styles.event}>
      <div>
        <span className={kind === "delivery_failed" ? "strong warn" : "strong"}>
          {isKind(kind) ? t(kind) : kind}
        </span>
        {by !== undefined && <span className="secondary">, {by}</span>}
      </div>
      {detail !== undefined && <div className="secondary small anywhere">{detailText(kind, detail)}</div>}
      <time className="tertiary tiny num">{format.dateTime(atMs)}</time>
    </li>
  );
}
