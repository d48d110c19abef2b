import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode } from "react";
import styles from "./status-sentence.module.css";

/** The true sentence that opens a page: its h1. Parts that lead somewhere are `StatusLink`s. */
export function StatusSentence(props: { children: ReactNode; detail?: ReactNode; end?: ReactNode }) {
  return (
    <header className={styles.header}>
      <div>
        <h1 className={styles.sentence}>{props.children}</h1>
        {props.detail !== undefined && <p className={styles.detail}>{props.detail}</p>}
      </div>
      {props.end !== undefined && <div className={styles.end}>{props.end}</div>}
    </header>
  );
}

interface StatusAnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** warn: needs somebody; danger: active critical alert; ok: only what was checked. */
  tone?: "plain" | "ok" | "warn" | "danger";
}

function StatusAnchor({ tone = "plain", ...anchor }: StatusAnchorProps) {
  return <a {...anchor} className={`${styles.link} ${styles[tone]}`} />;
}

export const StatusLink = createLink(StatusAnchor);
