import type { ReactNode } from "react";
import styles from "./metric-strip.module.css";

/** The row of figures that heads a page. */
export function MetricStrip(props: { label: string; children: ReactNode }) {
  return (
    <section className={styles.strip} aria-label={props.label}>
      {props.children}
    </section>
  );
}

/** One figure: what it is, its value, what it is measured against, and a line that explains it. */
export function Metric(props: {
  label: ReactNode;
  value: ReactNode;
  /** Smaller, after the value: "/ 248", "per second". */
  unit?: ReactNode;
  detail?: ReactNode;
  spark?: ReactNode;
}) {
  return (
    <div className={styles.metric}>
      <div className={styles.label}>{props.label}</div>
      <div className={styles.line}>
        <div className={styles.value}>
          {props.value}
          {props.unit !== undefined && <span className={styles.unit}> {props.unit}</span>}
        </div>
        {props.spark}
      </div>
      {props.detail !== undefined && <div className={styles.detail}>{props.detail}</div>}
    </div>
  );
}
