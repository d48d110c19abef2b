import { type ReactNode, useId } from "react";
import styles from "./panel.module.css";

/** A titled part of a page. `flush` lets rows or a table touch the border; no panel stands inside another. */
export function Panel(props: {
  title?: ReactNode;
  subtitle?: ReactNode;
  /** What stands at the end of the head: a state, a button, a figure. */
  end?: ReactNode;
  footer?: ReactNode;
  flush?: boolean;
  className?: string | undefined;
  children: ReactNode;
}) {
  const titleId = useId();
  const labelled = props.title !== undefined ? { "aria-labelledby": titleId } : {};
  return (
    <section className={`${styles.panel} ${props.className ?? ""}`} {...labelled}>
      {props.title !== undefined && (
        <header className={styles.head}>
          <h2 id={titleId} className={styles.title}>
            {props.title}
          </h2>
          {props.subtitle !== undefined && <span className={styles.subtitle}>{props.subtitle}</span>}
          {props.end !== undefined && <div className={styles.end}>{props.end}</div>}
        </header>
      )}
      <div className={props.flush === true ? styles.flush : styles.body}>{props.children}</div>
      {props.footer !== undefined && <footer className={styles.footer}>{props.footer}</footer>}
    </section>
  );
}
