import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import { liveHub, useLiveState } from "../data/live.ts";
import { useElapsed, useNow } from "../data/now.ts";
import { useFormat } from "../i18n/provider.tsx";
import styles from "./states.module.css";

/** A short blink of the connection is nobody's business. */
const PATIENCE_MS = 2_000;

/** Says that shown values do not move any more, since when, and how to go on. Absent while live. */
export function LiveLost(props: { onResume: () => void }) {
  const state = useLiveState();
  if (state === "lost") return <Lost />;
  return state === "paused" ? <Paused onResume={props.onResume} /> : null;
}

function Lost() {
  const t = useTranslations("common");
  const format = useFormat();
  const nowMs = useNow();
  const { sinceMs, shownMs } = liveHub.status;
  if (!useElapsed(PATIENCE_MS)) return null;
  return (
    <div className={styles.banner} role="status">
      <span className={styles.bannerTitle}>{t("live.lostTitle")}</span>
      <span aria-live="off">
        {t("live.lostText", {
          age: format.duration(Math.max(0, nowMs - sinceMs)),
          time: format.clock(shownMs ?? sinceMs),
        })}
      </span>
      <Button variant="default" onClick={() => liveHub.retryNow()}>
        {t("action.retryNow")}
      </Button>
    </div>
  );
}

function Paused(props: { onResume: () => void }) {
  const t = useTranslations("common.live");
  const format = useFormat();
  const { sinceMs, shownMs } = liveHub.status;
  return (
    <div className={styles.banner} role="status">
      <span className={styles.bannerTitle}>{t("pausedTitle")}</span>
      <span>{t("pausedText", { time: format.clock(shownMs ?? sinceMs) })}</span>
      <Button variant="default" onClick={props.onResume}>
        {t("resume")}
      </Button>
    </div>
  );
}
