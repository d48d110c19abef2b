import type { ReactNode } from "react";
import styles from "./tag.module.css";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger" | "quarantine";

/** A word with a tinted ground. Red means danger, amber what is late or failing, green only what was checked. */
export function Tag(props: { tone?: Tone; children: ReactNode }) {
  return <span className={`${styles.tag} ${styles[props.tone ?? "neutral"]}`}>{props.children}</span>;
}
