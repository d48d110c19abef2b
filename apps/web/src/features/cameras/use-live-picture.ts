import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { useDocumentVisibility } from "@mantine/hooks";
import { type RefObject, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { LiveCameraState, LiveFound, LiveFrame } from "../../data/camera-live.ts";
import { liveHub, useLiveState } from "../../data/live.ts";
import { FrameMeter, type Seen } from "./frame-meter.ts";
import { canvasSurface, JpegPainter } from "./jpeg-painter.ts";
import { livePictures } from "./live-pictures.ts";
import { VideoPlayer } from "./video-player.ts";

const READ_EVERY_MS = 1_000;

export interface LivePicture {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly video: RefObject<HTMLVideoElement | null>;
  /** Which of the two shows it. */
  readonly isVideo: boolean;
  /** Renewed once a second; undefined until the first frame. */
  readonly seen: Seen | undefined;
  /** What the live connection says of the camera; undefined while it says nothing else than pictures. */
  readonly state: LiveCameraState | undefined;
  /** By the newest look, where it was wanted; undefined before the first. */
  readonly found: LiveFound | undefined;
  /** The picture on screen as a file; undefined while there is none. */
  snapshot(): Promise<Blob | undefined>;
}

/** Shows a camera live as long as the component is mounted, and what is found in its pictures where that is wanted. */
export function useLivePicture(
  cameraId: string,
  maxFps: number | undefined,
  wantsFound = false,
): LivePicture {
  const canvas = useRef<HTMLCanvasElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const newest = useRef<LiveFrame>(undefined);
  const [isVideo, setVideo] = useState(false);
  const [seen, setSeen] = useState<Seen>();
  const [state, setState] = useState<LiveCameraState>();
  const [found, setFound] = useState<LiveFound>();

  useEffect(() => {
    if (canvas.current === null || video.current === null) return;
    const meter = new FrameMeter();
    const read = () => setSeen(meter.read(pictureNowMs()));
    const drawn = (frame: LiveFrame) => {
      const isFirst = newest.current === undefined;
      newest.current = frame;
      meter.drawn(frame.takenMs, pictureNowMs());
      setVideo(frame.kind !== cameras.FRAME_KINDS.jpeg);
      setState(undefined);
      if (isFirst) read();
    };
    const painter = new JpegPainter(canvasSurface(canvas.current), drawn);
    const player = new VideoPlayer(video.current, drawn);
    const leave = livePictures.join(cameraId, maxFps, {
      show: (frame, done) =>
        frame.kind === cameras.FRAME_KINDS.jpeg ? painter.show(frame, done) : player.show(frame, done),
      onState: setState,
      ...(wantsFound && { onFound: setFound }),
    });
    const timer = systemClock.every(READ_EVERY_MS, read);
    return () => {
      leave();
      timer.cancel();
      painter.end();
      player.end();
      newest.current = undefined;
      setFound(undefined);
    };
  }, [cameraId, maxFps, wantsFound]);

  return {
    canvas,
    video,
    isVideo,
    seen,
    state,
    found,
    snapshot: async () => {
      const frame = newest.current;
      if (frame === undefined) return undefined;
      if (frame.kind === cameras.FRAME_KINDS.jpeg) return new Blob([frame.bytes], { type: "image/jpeg" });
      return video.current === null ? undefined : stillOf(video.current);
    },
  };
}

/** Now by the server's clock, as the live pictures tell it. */
export const pictureNowMs = (): number => livePictures.nowMs(liveHub.nowMs());

function stillOf(video: HTMLVideoElement): Promise<Blob | undefined> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), "image/jpeg", 0.92));
}

/**
 * Asks for no pictures while the console is paused or nobody sees its tab. For each page that shows some; answers
 * whether the person paused.
 */
export function usePicturePause(): boolean {
  const paused = useLiveState() === "paused";
  const hidden = useDocumentVisibility() === "hidden";
  useEffect(() => livePictures.setPaused(paused || hidden), [paused, hidden]);
  return paused;
}

const subscribeProblem = (listener: () => void) => livePictures.onProblem(listener);

/** The code for which no live pictures come; undefined while they do. */
export const usePictureProblem = (): string | undefined =>
  useSyncExternalStore(subscribeProblem, () => livePictures.problem);
