import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";
import type { Playhead } from "../player/playhead.ts";
import styles from "./timeline.module.css";
import { spanOf, type View, xOf } from "./view.ts";

export function NowLine(props: { view: View; width: number; nowMs: number }) {
  const t = useTranslations("recordings.timeline");
  const { view, width, nowMs } = props;
  const x = xOf(view, nowMs, width);
  if (x < 0 || x > width) return null;
  return (
    <div className={styles.now} style={{ left: x }}>
      <span className={styles.nowText}>{t("now")}</span>
    </div>
  );
}

/** The line at what is shown. It is dragged, or moved by keys while it has the focus. */
export function PlayheadLine(props: { playhead: Playhead; view: View; width: number }) {
  const t = useTranslations("recordings.timeline");
  const format = useFormat();
  const { playhead, view, width } = props;
  const line = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const place = () => {
      const { atMs } = playhead.state;
      const [bar, grip] = [line.current, handle.current];
      if (bar === null || grip === null) return;
      const x = xOf(view, atMs, width);
      bar.style.transform = `translateX(${x}px)`;
      bar.hidden = x < 0 || x > width;
      bar.dataset.side = x > width / 2 ? "left" : "right";
      grip.textContent = format.clock(atMs);
      grip.ariaValueNow = String(Math.round(atMs / 1_000));
      grip.ariaValueText = format.dateTime(atMs);
    };
    place();
    return playhead.subscribe(place);
  }, [playhead, view, width, format]);

  const onKeyDown = (event: KeyboardEvent) => {
    const byMs = stepOf(event.key, spanOf(view));
    if (byMs === undefined) return;
    event.preventDefault();
    playhead.seek(playhead.state.atMs + byMs);
  };

  return (
    <div ref={line} className={styles.playhead}>
      <div
        ref={handle}
        className={`${styles.handle} num`}
        data-scrub=""
        role="slider"
        tabIndex={0}
        aria-label={t("line")}
        aria-orientation="horizontal"
        aria-valuemin={Math.round(view.fromMs / 1_000)}
        aria-valuemax={Math.round(view.toMs / 1_000)}
        aria-valuenow={Math.round(playhead.state.atMs / 1_000)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

/** Arrows move by a two-hundredth of what is in view, page keys by a tenth. */
function stepOf(key: string, spanMs: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -0.005,
    ArrowDown: -0.005,
    ArrowRight: 0.005,
    ArrowUp: 0.005,
    PageDown: -0.1,
    PageUp: 0.1,
  };
  const ratio = steps[key];
  return ratio === undefined ? undefined : ratio * spanMs;
}
