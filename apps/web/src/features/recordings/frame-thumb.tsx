import { useCallback } from "react";
import type { CameraReel } from "./player/camera-reel.ts";
import { type ReadJpeg, Thumb } from "./thumb.tsx";

/** What a camera showed at an instant, small. */
export function FrameThumb(props: { reel: CameraReel; atMs: number; width?: number }) {
  const { reel, atMs, width = 160 } = props;
  const read = useCallback<ReadJpeg>(
    async (signal) => {
      const shown = await reel.show(atMs, signal);
      return shown.kind === "picture" ? shown.frame.bytes : undefined;
    },
    [reel, atMs],
  );
  return <Thumb read={read} width={width} />;
}
