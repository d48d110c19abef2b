import type { ReactNode } from "react";
import styles from "./dialog-foot.module.css";

/** The end of a dialog or drawer: what went wrong, then what can be done. The main act stands last. */
export function DialogFoot(props: {
  error?: ReactNode;
  /** Stands apart at the start: deleting, a count. */
  start?: ReactNode;
  /** Stays in view while a long form scrolls. */
  sticky?: boolean;
  children: ReactNode;
}) {
  return (
    <>
      {props.error !== undefined && (
        <p role="alert" className="danger">
          {props.error}
        </p>
      )}
      <div className={props.sticky === true ? `${styles.foot} ${styles.sticky}` : styles.foot}>
        <div className={styles.start}>{props.start}</div>
        {props.children}
      </div>
    </>
  );
}
