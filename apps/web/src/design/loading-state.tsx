import { Skeleton } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useElapsed } from "../data/now.ts";
import styles from "./states.module.css";

const QUIET_MS = 200;
const EXPLAIN_MS = 4_000;

/**
 * Nothing for 200 ms, then a still skeleton, after 4 s the words for what is being read.
 * `what` completes "Still reading …": "the devices", "30 days of readings".
 */
export function LoadingState(props: { what: string }) {
  const t = useTranslations("common.state");
  const visible = useElapsed(QUIET_MS);
  const explained = useElapsed(EXPLAIN_MS);
  if (!visible) return <div className={styles.quiet} aria-busy="true" />;
  return (
    <div className={styles.loading} aria-busy="true" role="status">
      <span className="visually-hidden">{t("reading", { what: props.what })}</span>
      {LINES.map((width, n) => (
        <Skeleton key={width} height={n === 0 ? 10 : 8} width={width} animate={false} />
      ))}
      {explained && <p className="tertiary tiny">{t("still", { what: props.what })}</p>}
    </div>
  );
}

const LINES = ["45%", "100%", "80%"] as const;
