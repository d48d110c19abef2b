import type { ReactNode } from "react";
import styles from "./states.module.css";

/** Nothing to show, and that is in order: what will stand here, how long the first takes, one button. */
export function EmptyState(props: {
  icon?: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.box}>
      {props.icon !== undefined && <span className={styles.icon}>{props.icon}</span>}
      <p className={styles.title}>{props.title}</p>
      {props.children !== undefined && <p className={styles.text}>{props.children}</p>}
      {props.action !== undefined && <div className={styles.action}>{props.action}</div>}
    </div>
  );
}
