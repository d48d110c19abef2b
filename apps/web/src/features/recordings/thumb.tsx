import { systemClock, type Timer } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { useEffect, useRef, useState } from "react";
import { drawJpeg } from "./player/canvas-screen.ts";
import styles from "./recordings.module.css";

/** As many thumbnails are read at a time; the others wait for their turn. */
const AT_ONCE = 3;
/** A server that is busy, or away for a moment, is asked again: after this long, then ever more rarely. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
let underWay = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  while (underWay >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  underWay += 1;
  try {
    signal.throwIfAborted();
    return await run();
  } finally {
    underWay -= 1;
    waiting.shift()?.();
  }
}

/** Reads a JPEG; undefined when there is none. Keeps its identity as long as it reads the same one. */
export type ReadJpeg = (signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** A recorded picture, small; read when it comes into view. An empty field until then, and where there is none. */
export function Thumb(props: {
  read: ReadJpeg;
  width?: number;
  /** What was found in it. */
  box?: cameras.FoundBox | undefined;
}) {
  const { read, width = 160 } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Width by height of what is shown. */
  const [ratio, setRatio] = useState<number>();
  useEffect(() => {
    const surface = canvas.current;
    if (surface === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    const show = async () => {
      const jpeg = await read(signal);
      if (signal.aborted || jpeg === undefined) return;
      const isDrawn = await drawJpeg(surface, jpeg, width);
      if (!signal.aborted) setRatio(isDrawn ? surface.width / surface.height : undefined);
    };
    let retry: Timer | undefined;
    const tryToShow = (waitMs: number): void => {
      inTurn(signal, show).catch(() => {
        if (signal.aborted || waitMs > LONGEST_WAIT_MS) return;
        retry = systemClock.after(waitMs, () => tryToShow(2 * waitMs));
      });
    };
    setRatio(undefined);
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      seen.disconnect();
      tryToShow(FIRST_WAIT_MS);
    });
    seen.observe(surface);
    return () => {
      seen.disconnect();
      retry?.cancel();
      abort.abort();
    };
  }, [read, width]);
  return (
    <span
      className={ratio !== undefined ? styles.thumb : `${styles.thumb} ${styles.noThumb}`}
      aria-hidden="true"
    >
      <canvas ref={canvas} className={styles.thumbPicture} />
      {ratio !== undefined && props.box !== undefined && <BestBox box={props.box} ratio={ratio} />}
    </span>
  );
}

/** Cut off at the same edges as the picture below it. */
function BestBox(props: { box: cameras.FoundBox; ratio: number }) {
  const { x, y, width, height } = props.box;
  const place = { x: x * props.ratio, y, width: width * props.ratio, height };
  return (
    <svg
      className={styles.thumbBox}
      aria-hidden="true"
      viewBox={`0 0 ${props.ratio} 1`}
      preserveAspectRatio="xMidYMid slice"
      fill="none"
    >
      <rect
        {...place}
        stroke="#0b0e0d"
        strokeWidth="3"
        strokeOpacity="0.6"
        vectorEffect="non-scaling-stroke"
      />
      <rect {...place} stroke="#ff8f3f" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
