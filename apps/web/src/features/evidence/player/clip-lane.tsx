import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "../../../i18n/provider.tsx";
import { usePlayhead } from "../../recordings/player/use-playhead.ts";
import { SealMark, type SealState } from "../../recordings/proof/seal-mark.tsx";
import type { CheckedClip } from "../check/model.ts";
import { elapsed } from "../judgement.ts";
import type { ClipPlayer } from "./clip-player.ts";
import styles from "./player.module.css";
import { type Slice, sliceMs, slicesOf } from "./slices.ts";

const SEALS: Record<Exclude<Slice["state"], "none">, SealState> = {
  genuine: "verified",
  unsigned: "unknown",
  changed: "tampered",
};
const BY_KEY: Readonly<Record<string, number>> = {
  ArrowLeft: -1_000,
  ArrowRight: 1_000,
  PageDown: -5_000,
  PageUp: 5_000,
};

/** A clip in time: how sure the detector was, and of each block whether it is what was sealed. Dragging it scrubs. */
export function ClipLane(props: { clip: CheckedClip; player: ClipPlayer; isSmall?: boolean }) {
  const t = useTranslations("evidence.lane");
  const format = useFormat();
  const { clip, player } = props;
  const { playhead, reel, seek } = player;
  const { fromMs, toMs } = reel.span;
  const slices = useMemo(() => slicesOf(clip, reel.span), [clip, reel]);
  const lane = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLElement>(null);
  const atS = usePlayhead(playhead, ({ atMs }) => Math.floor(atMs / 1_000));

  useEffect(() => {
    const place = () => {
      const share = Math.min(1, Math.max(0, (playhead.state.atMs - fromMs) / (toMs - fromMs)));
      line.current?.style.setProperty("inset-inline-start", `${share * 100}%`);
    };
    place();
    return playhead.subscribe(place);
  }, [playhead, fromMs, toMs]);

  const scrub = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    playhead.scrub(fromMs + share * (toMs - fromMs));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = BY_KEY[event.key];
    const to = event.key === "Home" ? fromMs : event.key === "End" ? toMs : by && playhead.state.atMs + by;
    if (to === undefined) return;
    event.preventDefault();
    seek(to);
  };
  return (
    <div
      ref={lane}
      className={`${styles.lane} ${props.isSmall === true ? styles.laneSmall : ""}`}
      role="slider"
      tabIndex={0}
      aria-label={t("label")}
      aria-valuemin={0}
      aria-valuemax={Math.round((toMs - fromMs) / 1_000)}
      aria-valuenow={Math.max(0, atS - Math.floor(fromMs / 1_000))}
      aria-valuetext={`${elapsed(playhead.state.atMs - fromMs)}, ${format.clock(playhead.state.atMs)}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
      }}
      onPointerUp={() => seek(playhead.state.atMs)}
    >
      {slices.map((slice) => (
        <Block key={slice.fromMs} slice={slice} />
      ))}
      <i ref={line} className={styles.line} />
    </div>
  );
}

function Block(props: { slice: Slice }) {
  const { score, state } = props.slice;
  return (
    <span className={`${styles.block} ${styles[state]}`}>
      <i className={styles.sure} style={{ blockSize: `${Math.round(score * 100)}%` }} />
      {state !== "none" && (
        <span className={styles.tick} aria-hidden="true">
          <SealMark state={SEALS[state]} size={state === "changed" ? 15 : 12} />
        </span>
      )}
    </span>
  );
}

/** What the lane says, in words, and what the line stands on. */
export function LaneLegend(props: { clip: CheckedClip; player: ClipPlayer }) {
  const t = useTranslations("evidence.lane");
  const format = useFormat();
  const { clip, player } = props;
  const { playhead, reel } = player;
  const number = usePlayhead(playhead, ({ atMs }) => reel.segmentAt(atMs)?.number ?? 0);
  const hash = clip.segments[number - 1]?.manifestSha256;
  return (
    <p className={styles.legend}>
      <span>
        {t(clip.found.length > 0 ? "legend" : "legendPlain", {
          step: format.duration(sliceMs(reel.span)),
          count: clip.segments.length,
        })}
      </span>
      {number > 0 && (
        <span className="mono nowrap">
          {t("segment", { number: String(number) })}
          {hash !== undefined && `, ${hash.slice(0, 4)}…${hash.slice(-4)}`}
        </span>
      )}
    </p>
  );
}
