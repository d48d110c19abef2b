import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ByteRange } from "../../platform/http/range.ts";
import { type Route, route } from "../../platform/http/route.ts";
import { askedRange, sendRange } from "../../platform/http/send-range.ts";
import type { Erasure } from "./erasure.ts";
import type { ContentReader } from "./reading/content.ts";
import type { SegmentList } from "./reading/segments.ts";
import type { Timeline } from "./reading/timeline.ts";
import type { Views, Watcher } from "./reading/views.ts";
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
      return answerRange(request, reply, content.size(row), TYPE, async (wanted) => {
        await views.record(principal, { ...row, via: "playback" });
        return content.read(row, wanted, askerOf(principal));
      });
    }),
    route(cameras.getSealedSegment, async ({ principal, params, request, reply }) => {
      const row = await content.find(principal.tenantId, params.id);
      const size = await content.sealedSize(row);
      return answerRange(request, reply, size, cameras.getSealedSegment.contentType, async (wanted) => {
        await views.record(principal, { ...row, via: "playback" });
        return content.readSealed(row, wanted, askerOf(principal));
      });
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

const askerOf = ({ personId, program }: Watcher): string => program?.tokenId ?? personId;

/** The bytes that are asked for, held in memory until they have left. Refuses `segment.range_unsatisfiable`. */
async function answerRange(
  request: FastifyRequest,
  reply: FastifyReply,
  size: number,
  type: string,
  read: (wanted: ByteRange) => Promise<{ readonly bytes: Uint8Array; readonly release: () => void }>,
): Promise<Uint8Array> {
  const range = askedRange(request, reply, size);
  const { bytes, release } = await read(range);
  // Of whoever takes nothing any more the answer is not kept.
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
  // Whoever gave up while it was read has closed already, and does not close again.
  if (reply.raw.closed) release();
  else reply.raw.once("close", release);
  return sendRange(reply.type(type), bytes, range, size);
}
