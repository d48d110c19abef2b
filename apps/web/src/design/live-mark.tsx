import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useLiveState } from "../data/live.ts";
import styles from "./live-mark.module.css";

/** Whether what stands beside it moves: "Live", "Paused", "Live data lost". `children` replaces the word "Live". */
export function LiveMark(props: { children?: ReactNode }) {
  const t = useTranslations("common.live");
  const state = useLiveState();
  const live = state === "live";
  return (
    <span className={styles.mark}>
      <span className={live ? styles.pulse : styles.still} aria-hidden="true" />
      {live && props.children !== undefined ? props.children : t(WORDS[state])}
    </span>
  );
}

const WORDS = {
  idle: "connecting",
  connecting: "connecting",
  live: "live",
  lost: "lostTitle",
  paused: "paused",
} as const;
