import { Tooltip } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useLiveRate, useLiveState } from "../../data/live.ts";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./top-bar.module.css";

/** Messages per second while live, else the state in a word; a click pauses or resumes. */
export function LiveIndicator(props: { onTogglePause: () => void }) {
  const t = useTranslations("shell");
  const words = useTranslations("common.live");
  const format = useFormat();
  const state = useLiveState();
  const rate = useLiveRate();
  const live = state === "live";
  const text =
    live && rate !== undefined
      ? t("messagesPerSecond", { rate: format.number(rate, 0) })
      : words(WORDS[state]);
  return (
    <Tooltip label={t("help.pause")}>
      <button
        type="button"
        className={styles.live}
        onClick={props.onTogglePause}
        aria-pressed={state === "paused"}
      >
        <span className={live ? styles.pulse : styles.still} aria-hidden="true" />
        {text}
      </button>
    </Tooltip>
  );
}

const WORDS = {
  idle: "connecting",
  connecting: "connecting",
  live: "live",
  lost: "lostTitle",
  paused: "paused",
} as const;
