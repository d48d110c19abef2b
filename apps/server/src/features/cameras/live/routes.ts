import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { type Route, route } from "../../../platform/http/route.ts";
import { bareHeaders } from "../../../platform/http/security-headers.ts";
import type { CameraFrame } from "../model.ts";
import { MULTIPART_TYPE, MultipartSink } from "./multipart.ts";
import { isShown, type ShownCameras, standingOf } from "./ports.ts";
import { OLD_AFTER_MS } from "./shown.ts";
import type { Stills } from "./stills.ts";
import type { Viewings } from "./viewings.ts";
import type { Watching } from "./watching.ts";

export interface LiveRouteDeps {
  readonly clock: Clock;
  readonly cameras: ShownCameras;
  readonly viewings: Viewings;
  readonly watching: Watching;
  readonly stills: Stills;
}

export function liveRoutes(deps: LiveRouteDeps): Route[] {
  const { stills, viewings, watching } = deps;
  return [
    route(cameras.getSnapshot, async ({ principal, params: { id } }) => {
      await stills.of(pictureOf(deps, principal, id));
      await viewings.note(principal, [id], "snapshot");
      return stills.of(pictureOf(deps, principal, id));
    }),
    route(cameras.watchMultipart, async ({ principal, params: { id }, query, request, reply }) => {
      await stills.of(pictureOf(deps, principal, id));
      const maxFps = query.fps === undefined ? undefined : Math.max(1, Number(query.fps));
      const end = await watching.begin(principal, { cameraIds: [id], maxFps }, "multipart", () => {
        // No hook of the HTTP server sees an answer without end.
        reply.hijack();
        reply.raw.writeHead(200, {
          ...bareHeaders(request.protocol === "https"),
          "content-type": MULTIPART_TYPE,
          "cache-control": "no-store",
        });
        return new MultipartSink(reply.raw, deps.clock, stills);
      });
      if (reply.raw.destroyed) end();
      else reply.raw.once("close", end);
      return "";
    }),
  ];
}

/** The newest picture; never one that is too old to be shown as if it were now. */
function pictureOf(
  { cameras: shown, clock }: LiveRouteDeps,
  who: PersonPrincipal,
  cameraId: Uuid,
): CameraFrame {
  const standing = standingOf(shown, who, cameraId);
  if (!isShown(standing)) throw new AppError(standing === "off" ? "camera.off" : "camera.none");
  const newest = shown.frames.newest(cameraId);
  const isPicture = newest !== undefined && newest.kind !== cameras.FRAME_KINDS.videoInit;
  // What a clock that was set back says of its age is nothing.
  const isOld = standing === "silent" || (isPicture && clock.nowMs() - newest.takenMs > OLD_AFTER_MS);
  if (!isPicture || isOld) throw new AppError("camera.no_picture");
  return newest;
}
