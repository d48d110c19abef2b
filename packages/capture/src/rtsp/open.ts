import { abortable } from "../abortable.ts";
import { toJpeg } from "../ffmpeg/to-jpeg.ts";
import { H264Packager } from "../h264/packager.ts";
import { loginOf } from "../http-auth.ts";
import { PictureQueue } from "../picture-queue.ts";
import {
  type CaptureDeps,
  type CapturedPicture,
  type CaptureLimits,
  DEFAULT_LIMITS,
  type SourceSpec,
} from "../source.ts";
import { Watch } from "../watch.ts";
import { type AccessUnit, H264Depacketizer } from "./rtp-h264.ts";
import type { VideoStream } from "./sdp.ts";
import { RtspSession } from "./session.ts";

type RtspSpec = Extract<SourceSpec, { kind: "rtsp" }>;

/** Where the pictures of a stream go. */
interface Outlet {
  take(unit: AccessUnit): void;
  lost(): void;
  close(): void;
}

/** H.264 over RTSP, in one connection. */
export async function* openRtsp(spec: RtspSpec, deps: CaptureDeps): AsyncGenerator<CapturedPicture> {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const { clock, random, signal } = deps;
  const ending = new AbortController();
  const queue = new PictureQueue(() => session?.resume());
  let outlet: Outlet | undefined;
  let session: RtspSession | undefined;
  let depacketizer: H264Depacketizer | undefined;
  const watch = new Watch(clock, limits, (error) => {
    queue.end(error);
    ending.abort(error);
  });
  const onAbort = (): void => {
    queue.end();
    ending.abort(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) return;
    const socket = await abortable(deps.connect(new URL(spec.url), ending.signal), ending.signal);
    const give = (picture: CapturedPicture): void => {
      watch.gave();
      if (!queue.push(picture)) session?.pause();
    };
    session = new RtspSession({
      socket,
      url: spec.url,
      login: loginOf(spec, (count) => random.bytes(count)),
      clock,
      onPacket: (packet) => {
        if (depacketizer?.push(packet) === true) watch.heard();
      },
      onEnd: (error) => queue.end(error),
    });
    ending.signal.addEventListener("abort", () => session?.close(), { once: true });
    const described = await session.describe();
    outlet = await outletOf(described.stream, deps, limits, { give, fail: (error) => queue.end(error) });
    const { take, lost } = outlet;
    depacketizer = new H264Depacketizer(described.stream.payloadType, limits.pictureBytes, {
      onPicture: take,
      onLoss: (reason) => {
        lost();
        deps.onLoss?.(reason);
      },
    });
    await session.play(described);
    watch.heard();
    yield* queue;
  } catch (error) {
    if (signal.aborted) return;
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    watch.stop();
    outlet?.close();
    session?.close();
  }
}

async function outletOf(
  stream: VideoStream,
  deps: CaptureDeps,
  limits: CaptureLimits,
  to: { give(picture: CapturedPicture): void; fail(error: Error): void },
): Promise<Outlet> {
  if (deps.as === "jpeg") return toJpeg(stream.parameterSets, await deps.ffmpeg(), limits, to, deps);
  const packager = new H264Packager(stream.parameterSets, limits.pictureBytes, {
    onPicture: (picture) => to.give(picture),
    onTooLarge: () => deps.onLoss?.("too_large"),
  });
  return {
    take: (unit) => packager.push(unit),
    lost: () => packager.lost(),
    close: () => undefined,
  };
}
