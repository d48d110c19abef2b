import type { alerts } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./alerts.module.css";

/** Who is told when nobody answers: what happened, what is next. */
export function EscalationTimeline(props: { escalation: alerts.AlertEscalation; snoozed: boolean }) {
  const t = useTranslations("alerts.escalation");
  const format = useFormat();
  const { steps, stoppedMs } = props.escalation;
  const next = stoppedMs === undefined ? steps.findIndex(({ doneMs }) => doneMs === undefined) : -1;
  return (
    <section className={styles.section}>
      <h3>{t("title")}</h3>
      <ol className={styles.history}>
        {steps.map(({ atMs, channels, doneMs }, at) => (
          <li key={atMs} className={styles.event}>
            <div>
              <span className={at === next ? "strong" : "secondary"}>
                {doneMs !== undefined ? t("done") : t(at === next ? "next" : "later")}
              </span>
            </div>
            <div className="secondary small anywhere">
              {channels.length === 0 ? t("noChannel") : channels.join(", ")}
            </div>
            <time className="tertiary tiny num">{format.dateTime(doneMs ?? atMs)}</time>
          </li>
        ))}
        {stoppedMs !== undefined && (
          <li className={styles.event}>
            <div className="strong">{t("stopped")}</div>
            <time className="tertiary tiny num">{format.dateTime(stoppedMs)}</time>
          </li>
        )}
      </ol>
      {props.snoozed && next !== -1 && <p className="tertiary tiny">{t("snoozed")}</p>}
    </section>
  );
}
