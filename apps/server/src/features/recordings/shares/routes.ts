import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import { askedRange, sendRange } from "../../../platform/http/send-range.ts";
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
      reply.header("x-robots-tag", "noindex, nofollow");
      const day = new Date(fromMs).toISOString().slice(0, 10);
      if (allowsDownload && query.download !== undefined)
        reply.header("content-disposition", `attachment; filename="clip-${day}.mp4"`);
      const range = askedRange(request, reply, size);
      return sendRange(
        reply.type(cameras.getSharedFilm.contentType),
        film.stream(range.first, range.last),
        range,
        size,
      );
    }),
  ];
}
