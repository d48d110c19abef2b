import { useTranslations } from "use-intl";
import styles from "./seal-mark.module.css";

/** `verified`: this browser checked it. `unknown`: nothing signed says what it is. */
export type SealState = "verified" | "sealed" | "unknown" | "tampered";

const SCALLOPED =
  "M12 1.5l2.6 1.9 3.2-.2 1.1 3 2.8 1.6-.7 3.2 1.4 2.9-2.2 2.3-.3 3.2-3.2.6-2 2.5-2.7-1.6-2.7 1.6-2-2.5-3.2-.6-.3-3.2L1.6 13.9 3 11l-.7-3.2 2.8-1.6 1.1-3 3.2.2z";

/** The seal of evidence: each state has a shape of its own. */
export function SealMark(props: { state: SealState; size?: number }) {
  const t = useTranslations("recordings.seal");
  const { state, size = 18 } = props;
  return (
    <svg
      className={`${styles.seal} ${styles[state]}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      role="img"
      aria-label={t(state)}
    >
      <path className={styles.edge} d={SCALLOPED} />
      {state === "verified" && <path className={styles.sign} d="M7.5 12.3l3 3 6-6.3" />}
      {state === "sealed" && (
        <path className={styles.sign} d="M8.2 11.4h7.6v5.4H8.2zM9.7 11.2V9.4a2.3 2.3 0 0 1 4.6 0v1.8" />
      )}
      {state === "unknown" && (
        <path className={styles.sign} d="M9.4 9.6a2.6 2.6 0 1 1 3.7 2.4c-.8.4-1.1.9-1.1 1.8M12 16.6v.2" />
      )}
      {state === "tampered" && <path className={styles.crack} d="M13.5 1.5l-3 6.5 4 3-4.5 4.5 2 7" />}
    </svg>
  );
}
