import { systemClock } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import { useEffect, useState } from "react";
import { useFormat } from "../../../i18n/provider.tsx";
import { FrameThumb } from "../frame-thumb.tsx";
import type { Library } from "../player/library.ts";
import styles from "./timeline.module.css";
import type { Hover } from "./use-pointer.ts";

const REST_MS = 90;
const WIDTH_PX = 168;

/** What the camera of the lane showed where the mouse rests. */
export function HoverPreview(props: {
  hover: Hover;
  camera: cameras.Camera | undefined;
  library: Library;
  width: number;
}) {
  const format = useFormat();
  const { hover, camera } = props;
  const [restedMs, setRestedMs] = useState<number>();
  useEffect(() => {
    const timer = systemClock.after(REST_MS, () => setRestedMs(hover.atMs));
    return () => timer.cancel();
  }, [hover.atMs]);
  const left = Math.max(0, Math.min(props.width - WIDTH_PX, hover.x - WIDTH_PX / 2));
  return (
    <>
      <div className={styles.hoverLine} style={{ left: hover.x }} />
      <div className={styles.preview} style={{ left, width: WIDTH_PX }} data-lane={hover.row}>
        {camera !== undefined && restedMs !== undefined && (
          <FrameThumb reel={props.library.reelOf(camera.id)} atMs={restedMs} />
        )}
        <span className={`${styles.previewText} num`}>{format.clock(hover.atMs)}</span>
      </div>
    </>
  );
}
