import { useEffect, useRef, useState } from "react";
import type { CameraReel } from "./player/camera-reel.ts";
import { drawFrame } from "./player/canvas-screen.ts";
import styles from "./recordings.module.css";

/** As many thumbnails are read at a time; the others wait for their turn. */
const AT_ONCE = 3;
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

/** What a camera showed at an instant, small; an empty field while it is read and where there is nothing. */
export function FrameThumb(props: { reel: CameraReel; atMs: number; width?: number }) {
  const { reel, atMs, width = 160 } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const surface = canvas.current;
    if (surface === null) return;
    const abort = new AbortController();
    const { signal } = abort;
    const show = async () => {
      const shown = await reel.show(atMs, signal);
      if (signal.aborted || shown.kind !== "picture") return;
      setIsShown(await drawFrame(surface, shown.frame, width));
    };
    setIsShown(false);
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      seen.disconnect();
      inTurn(signal, show).catch(() => undefined);
    });
    seen.observe(surface);
    return () => {
      seen.disconnect();
      abort.abort();
    };
  }, [reel, atMs, width]);
  return (
    <span className={isShown ? styles.thumb : `${styles.thumb} ${styles.noThumb}`} aria-hidden="true">
      <canvas ref={canvas} className={styles.thumbPicture} />
    </span>
  );
}
