import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import type { FastifyReply } from "fastify";
import { type Route, route } from "../../../platform/http/route.ts";
import { parseRange } from "../reading/range.ts";
import type { Openings } from "./openings.ts";
import type { ShareService } from "./share-service.ts";

export function shareRoutes(shares: ShareService, openings: Openings): readonly Route[] {
  return [
    route(cameras.createShare, ({ principal, params, body }) => shares.create(principal, params.id, body)),
    route(cameras.listShares, ({ scope, query }) => shares.list(scope, query)),
    route(cameras.revokeShare, ({ principal, params }) => shares.revoke(principal.tenantId, params.id)),
    route(cameras.restoreShare, ({ principal, params }) => shares.restore(principal.tenantId, params.id)),
    route(cameras.findSharedClip, ({ body }) => openings.find(body.token)),
    route(cameras.openShare, ({ body, address }) => openings.open(body, address)),
    route(cameras.getSharedClip, ({ params }) => openings.view(params.view)),
    route(cameras.getSharedFilm, async ({ params, query, request, reply }) => {
      const film = await openings.film(params.view);
      const { bytes: size, allowsDownload, fromMs } = film;
      reply.headers({ "accept-ranges": "bytes", "x-robots-tag": "noindex, nofollow" });
      const day = new Date(fromMs).toISOString().slice(0, 10);
      if (allowsDownload && query.download !== undefined)
        reply.header("content-disposition", `attachment; filename="clip-${day}.mp4"`);
      const range = parseRange(request.headers.range, size);
      if (range === "outside") {
        reply.header("content-range", `bytes */${size}`);
        throw new AppError("segment.range_unsatisfiable");
      }
      const { first, last } = range === "whole" ? { first: 0, last: size - 1 } : range;
      const stream = film.stream(first, last);
      if (range !== "whole") reply.status(206).header("content-range", `bytes ${first}-${last}/${size}`);
      await send(reply.header("content-length", last + 1 - first), stream);
      return stream;
    }),
  ];
}

/** 206 is a status that no declaration has, and whoever goes away while it leaves has what they have. */
async function send(reply: FastifyReply, stream: NodeJS.ReadableStream): Promise<void> {
  reply.type(cameras.getSharedFilm.contentType).header("cache-control", "no-store").send(stream);
  await Promise.resolve(reply).catch(() => undefined);
}
