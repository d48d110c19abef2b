import { useFormat } from "../../../i18n/provider.tsx";
import styles from "./timeline.module.css";
import { ticksOf, type View, xOf } from "./view.ts";

/** Round times of the site's clock, and the lines below them. */
export function Ruler(props: { view: View; width: number }) {
  const format = useFormat();
  const { view, width } = props;
  const ticks = ticksOf(view, width, format.timeZone);
  const isFine = ticks.length > 1 && (ticks[1]?.atMs ?? 0) - (ticks[0]?.atMs ?? 0) < 60_000;
  return (
    <>
      {ticks.map(({ atMs, isDay }) => (
        <span
          key={atMs}
          className={isDay ? `${styles.tick} ${styles.day}` : styles.tick}
          style={{ left: xOf(view, atMs, width) }}
        >
          {isDay ? format.dayMonth(atMs) : isFine ? format.clock(atMs) : format.clockMinute(atMs)}
        </span>
      ))}
    </>
  );
}
