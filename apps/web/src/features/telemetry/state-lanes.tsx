import type { telemetry } from "@gatehouse/contract";
import type { CSSProperties } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { PlotArea } from "../../design/plot.ts";
import { useFormat } from "../../i18n/provider.tsx";
import { useValueText } from "./series-text.ts";
import { type Band, bandsOf } from "./state-bands.ts";
import styles from "./state-lanes.module.css";
import type { Track } from "./tracks.ts";

const COLOURS = 6;

interface Lane {
  readonly info: telemetry.Series;
  readonly track: Track;
  /** A token: "series-2". */
  readonly colour: string;
}

/** One lane a state: bands with the state's name, on the time of the lines above; alone, with the ends of the window. */
export function StateLanes(props: {
  lanes: readonly Lane[];
  fromMs: number;
  toMs: number;
  area: PlotArea | undefined;
}) {
  const format = useFormat();
  const { area, fromMs, toMs } = props;
  const place: CSSProperties = area === undefined ? {} : { marginInlineStart: area.left, width: area.width };
  return (
    <div style={place}>
      {props.lanes.map((lane) => (
        <StateLane key={lane.info.ref} lane={lane} fromMs={fromMs} toMs={toMs} />
      ))}
      {area === undefined && (
        <div className={styles.ends}>
          <span>{format.dateMinute(fromMs)}</span>
          <span>{format.dateMinute(toMs)}</span>
        </div>
      )}
    </div>
  );
}

function StateLane(props: { lane: Lane; fromMs: number; toMs: number }) {
  const t = useTranslations("telemetry.chart");
  const locale = useLocale();
  const valueText = useValueText();
  const { info, track, colour } = props.lane;
  const bands = bandsOf(track, props.fromMs, props.toMs);
  const textOf = ({ value }: Band) =>
    value === undefined ? t("manyStates") : valueText.state(value, track, info.metric);
  const last = bands.at(-1);
  const name = `${info.deviceName}, ${info.label[locale]}`;
  return (
    <div
      className={styles.lane}
      style={{ "--lane": `var(--${colour})` } as CSSProperties}
      role="img"
      aria-label={t("lane", {
        name,
        value: last === undefined ? "–" : textOf(last),
        count: Math.max(0, bands.length - 1),
      })}
    >
      {bands.map((band) => (
        <span
          key={band.from}
          className={classOf(band, track)}
          style={styleOf(band, track, colour)}
          title={`${name}: ${textOf(band)}`}
        >
          {band.value !== undefined && textOf(band)}
        </span>
      ))}
    </div>
  );
}

const isOff = ({ value }: Band, track: Track): boolean => track.words.length === 0 && value === 0;

function classOf(band: Band, track: Track): string {
  const kind = band.value === undefined ? styles.many : isOff(band, track) ? styles.off : styles.on;
  return `${styles.band} ${kind}`;
}

/** On has the series' own colour; each text has one of its own. */
function styleOf(band: Band, track: Track, colour: string): CSSProperties {
  const token = track.words.length === 0 ? colour : `series-${((band.value ?? 0) % COLOURS) + 1}`;
  return {
    insetInlineStart: `${band.from * 100}%`,
    width: `${(band.to - band.from) * 100}%`,
    "--band": `var(--${token})`,
  } as CSSProperties;
}
