import type { alerts } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useFailureText } from "../../design/failure-text.ts";
import { SideDrawer } from "../../design/side-drawer.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import { DeliveryState, Retry } from "./delivery-table.tsx";
import styles from "./outbox.module.css";

/** One message in full. */
export function DeliveryDrawer(props: { delivery: alerts.Delivery; onClose: () => void }) {
  const t = useTranslations("outbox");
  const format = useFormat();
  const failureText = useFailureText();
  const { delivery } = props;
  const { nextAttemptMs, sentMs, error, alertId } = delivery;
  const facts: [string, string][] = [
    [t("column.channel"), delivery.channelName || "–"],
    [t("column.to"), delivery.to || "–"],
    [t("column.created"), format.dateTime(delivery.createdMs)],
    [t("attempts"), format.number(delivery.attempts)],
    ...(nextAttemptMs === undefined ? [] : [[t("next"), format.dateTime(nextAttemptMs)] as [string, string]]),
    ...(sentMs === undefined ? [] : [[t("sentAt"), format.dateTime(sentMs)] as [string, string]]),
    ...(error === undefined ? [] : [[t("error"), failureText(error)] as [string, string]]),
  ];
  return (
    <SideDrawer title={delivery.subject} onClose={props.onClose}>
      <div className="stack">
        <div>
          <DeliveryState state={delivery.state} />
        </div>
        <dl className="facts">
          {facts.map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <pre className={styles.body}>{delivery.body}</pre>
        <div className="row">
          {alertId !== undefined && (
            <Link to="/alerts" search={{ alert: alertId }} className="link">
              {t("alert")}
            </Link>
          )}
          <span className="push-end">
            <Retry delivery={delivery} />
          </span>
        </div>
      </div>
    </SideDrawer>
  );
}
