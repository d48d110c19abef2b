import { devices } from "@gatehouse/contract";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { query } from "../../data/query.ts";
import { Panel } from "../../design/panel.tsx";
import { QueryView } from "../../design/query-view.tsx";
import { useErrorTexts, useFormat } from "../../i18n/provider.tsx";
import styles from "./device.module.css";
import { useSince } from "./last-value.tsx";

const RENEW_MS = 15_000;

/** What was refused from this device in the last 24 h, by reason. */
export function RefusalsPanel(props: { deviceId: string }) {
  const t = useTranslations("devices.refusals");
  const format = useFormat();
  const refusals = useQuery({
    ...query(devices.listRefusals, { params: { id: props.deviceId } }),
    refetchInterval: RENEW_MS,
  });
  return (
    <Panel title={t("title")}>
      <QueryView query={refusals} what={t("reading")}>
        {({ items, refused, accepted }) => (
          <div className={styles.bars}>
            <p className="secondary small">
              {refused === 0
                ? t("none", { total: accepted })
                : t("summary", { refused: format.number(refused), total: refused + accepted })}
            </p>
            {items.map((item) => (
              <Reason
                key={`${item.code} ${item.via} ${item.unproven ?? false}`}
                refusal={item}
                most={items[0]?.count ?? item.count}
              />
            ))}
          </div>
        )}
      </QueryView>
    </Panel>
  );
}

function Reason(props: { refusal: devices.Refusal; most: number }) {
  const t = useTranslations("devices.refusals");
  const format = useFormat();
  const texts: Readonly<Record<string, string>> = useErrorTexts();
  const since = useSince();
  const { refusal, most } = props;
  return (
    <div className="small">
      <div className="row row-between row-top">
        <span>
          {texts[refusal.code] ?? refusal.code}
          {refusal.unproven === true && <span className="tertiary"> · {t("unproven")}</span>}
        </span>
        <span className="strong num">{format.number(refusal.count)}</span>
      </div>
      <div className={styles.bar}>
        <span
          className={styles.fill}
          style={{ width: `${(refusal.count / Math.max(1, most, refusal.count)) * 100}%` }}
        />
      </div>
      <span className="tertiary tiny">
        {t("last", { when: since(refusal.lastMs), via: refusal.via })}
        {refusal.detail !== undefined && <span className="mono"> · {refusal.detail}</span>}
      </span>
    </div>
  );
}
