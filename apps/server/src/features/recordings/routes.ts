import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { FastifyReply } from "fastify";
import { type Route, route } from "../../platform/http/route.ts";
import type { Erasure } from "./erasure.ts";
import type { ContentReader } from "./reading/content.ts";
import { parseRange } from "./reading/range.ts";
import type { SegmentList } from "./reading/segments.ts";
import type { Timeline } from "./reading/timeline.ts";
import type { Views } from "./reading/views.ts";
import type { Storage } from "./storage.ts";

/** An answer of which nothing leaves for so long is cut. */
const STALLED_MS = 30_000;
const TYPE = cameras.getSegmentContent.contentType;

export interface RouteParts {
  readonly content: ContentReader;
  readonly erasure: Erasure;
  readonly segments: SegmentList;
  readonly storage: Storage;
  readonly timeline: Timeline;
  readonly views: Views;
  /** Of whoever signs manifests (C2SP signed-note). */
  readonly verifierKey: string;
  /** Answers how many segments there are. */
  readonly rotateKey: (tenantId: string) => Promise<number>;
  readonly isCamera: (deviceId: string) => boolean;
}

export function recordingRoutes(parts: RouteParts): readonly Route[] {
  const { content, erasure, segments, storage, timeline, views } = parts;
  return [
    route(cameras.getTimeline, async ({ scope, body }) => ({ lanes: await timeline.lanes(scope, body) })),
    route(cameras.listSegments, ({ principal, params, query }) =>
      segments.list(principal.tenantId, params.id, {
        fromMs: Number(query.fromMs),
        toMs: Number(query.toMs),
      }),
    ),
    route(cameras.getSegmentContent, async ({ principal, params, request, reply }) => {
      const row = await content.find(principal.tenantId, params.id);
      const size = content.size(row);
      const range = parseRange(request.headers.range, size);
      reply.header("accept-ranges", "bytes");
      if (range === "outside") {
        reply.header("content-range", `bytes */${size}`);
        throw new AppError("segment.range_unsatisfiable");
      }
      await views.record(principal, { ...row, via: "playback" });
      const wanted = range === "whole" ? { first: 0, last: size - 1 } : range;
      const asker = principal.program?.tokenId ?? principal.personId;
      const { bytes, release } = await content.read(row, wanted, asker);
      // Of whoever takes nothing any more the answer is not kept.
      reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
      // Whoever gave up while it was read has closed already, and does not close again.
      if (reply.raw.closed) release();
      else reply.raw.once("close", release);
      if (range === "whole") return bytes;
      return sendPart(reply, bytes, `bytes ${wanted.first}-${wanted.last}/${size}`);
    }),
    route(cameras.getSegmentManifest, ({ principal, params }) =>
      segments.manifest(principal.tenantId, params.id),
    ),
    route(cameras.getRecordingKey, async () => `${parts.verifierKey}\n`),
    route(cameras.getRecordingStorage, ({ principal }) => storage.get(principal.tenantId)),
    route(cameras.updateRecordingPolicy, ({ principal, body }) =>
      storage.setPolicy(principal.tenantId, body.policy, body.policyMs),
    ),
    route(cameras.rotateRecordingKey, async ({ principal }) => ({
      segments: await parts.rotateKey(principal.tenantId),
    })),
    route(cameras.eraseRecordings, async ({ principal, params, body }) => {
      if (!parts.isCamera(params.id)) throw new AppError("camera.none");
      const camera = { tenantId: principal.tenantId, cameraId: params.id };
      return erasure.erase(camera, body, body.reason);
    }),
  ];
}

/** 206 is a status that no declaration has: the answer goes out here. */
async function sendPart(reply: FastifyReply, bytes: Uint8Array, range: string): Promise<Uint8Array> {
  reply.status(206).type(TYPE).headers({ "content-range": range, "cache-control": "no-store" }).send(bytes);
  // Whoever goes away while it leaves has what they have.
  await Promise.resolve(reply).catch(() => undefined);
  return bytes;
}
