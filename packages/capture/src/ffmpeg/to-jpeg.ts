import { JpegSplitter } from "../jpeg-splitter.ts";
import type { AccessUnit } from "../rtsp/rtp-h264.ts";
import { type CaptureDeps, type CapturedPicture, type CaptureLimits, sourceError } from "../source.ts";
import { Ffmpeg, PIPES_ALONE } from "./child.ts";

const START_CODE = Uint8Array.of(0, 0, 0, 1);
/** Slices, the key frame's too, and the two parameter sets. */
const WANTED = new Set([1, 5, 7, 8]);
const KEY = 5;
/** Input that waits beyond this: the machine is slower than the camera, and pictures are left out. */
const MAX_WAITING_BYTES = 4 * 1_048_576;
const PICTURE_BYTES_EXPECTED = 32_768;
const COST_EVERY_MS = 5_000;

const ARGUMENTS: readonly string[] = [
  ...PIPES_ALONE,
  ...["-flags", "low_delay", "-probesize", String(PICTURE_BYTES_EXPECTED), "-analyzeduration", "0"],
  ...["-f", "h264", "-i", "pipe:0", "-map", "0:v:0"],
  ...["-threads", "1", "-pix_fmt", "yuvj420p", "-q:v", "5", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1"],
];

export interface JpegOutlet {
  take(unit: AccessUnit): void;
  lost(): void;
  close(): void;
}

/** Pictures of H.264 as JPEG, each as soon as the next one begins; decoded and encoded again by a child. */
export function toJpeg(
  parameterSets: readonly Uint8Array[],
  program: string,
  limits: CaptureLimits,
  to: { give(picture: CapturedPicture): void; fail(error: Error): void },
  { clock, onCost }: Pick<CaptureDeps, "clock" | "onCost">,
): JpegOutlet {
  const splitter = new JpegSplitter(limits.pictureBytes);
  let isWaiting = true;
  const child = new Ffmpeg(program, ARGUMENTS, {
    onData(chunk) {
      try {
        for (const bytes of splitter.push(chunk)) to.give({ kind: "jpeg", bytes });
      } catch (error) {
        child.kill();
        to.fail(sourceError("too_large", undefined, error));
      }
    },
    onEnd: (failure) => to.fail(sourceError("malformed", failure)),
  });
  const put = (nal: Uint8Array): void => {
    child.write(START_CODE);
    child.write(nal);
  };
  for (const nal of parameterSets) put(nal);
  let before = 0;
  const cost = clock.every(COST_EVERY_MS, async () => {
    const nowMs = (await child.processorMs()) ?? before;
    onCost?.((nowMs - before) / COST_EVERY_MS);
    before = nowMs;
  });
  return {
    take({ nals }) {
      const isKey = nals.some((nal) => typeOf(nal) === KEY);
      if (child.waitingBytes > MAX_WAITING_BYTES) isWaiting = true;
      else if (isKey) isWaiting = false;
      for (const nal of nals) if (WANTED.has(typeOf(nal)) && (!isWaiting || typeOf(nal) > KEY)) put(nal);
    },
    lost() {
      isWaiting = true;
    },
    close() {
      cost.cancel();
      child.kill();
    },
  };
}

const typeOf = (nal: Uint8Array): number => (nal[0] as number) & 0x1f;
