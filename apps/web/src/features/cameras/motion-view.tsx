import type { cameras } from "@gatehouse/contract";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { type ApiError, isApiError } from "../../data/api-error.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./cameras.module.css";

type MotionView = cameras.MotionView;

const STRONGEST = 9;
/** The meter ends at so many thresholds: the line stands where it can be seen. */
const METER_THRESHOLDS = 4;

/** The cells that move, brighter the stronger; those that nobody looks at are dimmed. */
export function MotionCells(props: { view: MotionView }) {
  const { columns, rows, cells } = props.view;
  return (
    <svg
      className={styles.cells}
      viewBox={`0 0 ${columns} ${rows}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {cells.flatMap((row, y) =>
        [...row].flatMap((cell, x) => {
          if (cell === "0") return [];
          const place = { key: `${x} ${y}`, x, y, width: 1, height: 1 };
          if (cell === "-") return [<rect {...place} key={place.key} fill="#0b0e0d" fillOpacity={0.4} />];
          const strength = Number(cell) / STRONGEST;
          return [<rect {...place} key={place.key} fill="#ffe08a" fillOpacity={0.2 + 0.6 * strength} />];
        }),
      )}
    </svg>
  );
}

/** How much moves, against the line from which on it is an event. */
export function MotionMeter(props: { view: UseQueryResult<MotionView, ApiError> }) {
  const t = useTranslations("cameras.motionView");
  const errorText = useErrorText();
  const { data, error } = props.view;
  if (error !== null)
    return (
      <p className="secondary small">
        {isApiError(error, "camera.no_picture") ? t("none") : errorText(error)}
      </p>
    );
  return data === undefined ? null : <Meter view={data} />;
}

function Meter(props: { view: MotionView }) {
  const t = useTranslations("cameras.motionView");
  const format = useFormat();
  const { share, threshold, dark, by } = props.view;
  if (dark) return <p className="warn small">{t("dark")}</p>;
  const text = t("share", { share: format.percent(share), threshold: format.percent(threshold) });
  const end = Math.max(threshold * METER_THRESHOLDS, share);
  const at = (value: number) => `${end === 0 ? 0 : Math.min(100, (value / end) * 100)}%`;
  return (
    <div className="stack stack-tight">
      <div className={styles.meter} aria-hidden="true">
        <span className={styles.meterFill} data-over={share >= threshold} style={{ width: at(share) }} />
        <span
          className={styles.meterLine}
          style={{ insetInlineStart: at(threshold) }}
          title={t("threshold")}
        />
      </div>
      <p className="secondary small num">{text}</p>
      {by === "agent" && <p className="secondary small">{t("agent")}</p>}
    </div>
  );
}
