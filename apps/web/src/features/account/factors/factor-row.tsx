import type { ReactNode } from "react";
import styles from "../account.module.css";

/** One way to confirm, and what can be done with it. */
export function FactorRow(props: {
  title: ReactNode;
  tags?: ReactNode;
  detail: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className={styles.factor}>
      <div className={styles.what}>
        <div className="row row-wrap">
          <span className="strong anywhere">{props.title}</span>
          {props.tags}
        </div>
        <div className="secondary small anywhere">{props.detail}</div>
      </div>
      {props.children !== undefined && <div className="row row-wrap">{props.children}</div>}
    </li>
  );
}
