import { systemClock, type Timer } from "@gatehouse/base";
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
export function Thumb(props: { read: ReadJpeg; width?: number }) {
  const { read, width = 160 } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const surface = canvas.current;
    if (surface === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    const show = async () => {
      const jpeg = await read(signal);
      if (signal.aborted || jpeg === undefined) return;
      setIsShown(await drawJpeg(surface, jpeg, width));
    };
    let retry: Timer | undefined;
    const tryToShow = (waitMs: number): void => {
      inTurn(signal, show).catch(() => {
        if (signal.aborted || waitMs > LONGEST_WAIT_MS) return;
        retry = systemClock.after(waitMs, () => tryToShow(2 * waitMs));
      });
    };
    setIsShown(false);
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
    <span className={isShown ? styles.thumb : `${styles.thumb} ${styles.noThumb}`} aria-hidden="true">
      <canvas ref={canvas} className={styles.thumbPicture} />
    </span>
  );
}
