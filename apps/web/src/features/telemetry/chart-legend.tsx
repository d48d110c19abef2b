import type { telemetry } from "@gatehouse/contract";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useLiveReading } from "../../data/live-values.ts";
import { deviceOf, metricOf } from "./chart-plan.ts";
import { useValueText } from "./series-text.ts";
import styles from "./telemetry.module.css";

/** Colour, name and newest value of each line. */
export function ChartLegend(props: {
  refs: readonly string[];
  infos: readonly (telemetry.Series | undefined)[];
}) {
  const t = useTranslations("telemetry.chart");
  return (
    <ul className={styles.legend}>
      {props.refs.map((ref, n) => {
        const info = props.infos[n];
        return (
          <li key={ref} className={styles.legendItem}>
            <span
              className={styles.swatch}
              style={{ background: `var(--series-${n + 1})` }}
              aria-hidden="true"
            />
            {info === undefined ? (
              <span className="tertiary truncate">{t("gone", { metric: metricOf(ref) })}</span>
            ) : (
              <Entry info={info} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Renders again for its own readings only. */
const Entry = memo(function Entry(props: { info: telemetry.Series }) {
  const { info } = props;
  const locale = useLocale();
  const valueText = useValueText();
  const read =
    info.last === undefined || info.lastMs === undefined
      ? undefined
      : { value: info.last, tsMs: info.lastMs };
  const newest = useLiveReading(deviceOf(info.ref), info.metric, read);
  return (
    <>
      <Link
        to="/devices/$deviceId/{-$tab}"
        params={{ deviceId: info.deviceId, tab: undefined }}
        className="link truncate"
      >
        {info.deviceName}
      </Link>
      <span className="tertiary truncate">{info.label[locale]}</span>
      <span className={styles.value}>{valueText.last(newest?.value, info)}</span>
    </>
  );
});
