import { Tooltip } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useLiveRate, useLiveState } from "../../data/live.ts";
import { LiveMark } from "../../design/live-mark.tsx";
import { useFormat } from "../../i18n/provider.tsx";
import styles from "./top-bar.module.css";

/** Messages per second while live, else the state in a word; a click pauses or resumes. */
export function LiveIndicator(props: { onTogglePause: () => void }) {
  const t = useTranslations("shell");
  const format = useFormat();
  const paused = useLiveState() === "paused";
  const rate = useLiveRate();
  return (
    <Tooltip label={t("help.pause")}>
      <button type="button" className={styles.live} onClick={props.onTogglePause} aria-pressed={paused}>
        <LiveMark>
          {rate === undefined ? undefined : t("messagesPerSecond", { rate: format.number(rate, 0) })}
        </LiveMark>
      </button>
    </Tooltip>
  );
}
