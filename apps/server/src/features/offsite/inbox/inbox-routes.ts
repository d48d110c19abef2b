import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { Deposits } from "./deposits.ts";
import type { InboxService } from "./inbox-service.ts";

const LISTED = 500;

export function inboxRoutes(inboxes: InboxService, deposits: Deposits): readonly Route[] {
  return [
    route(cameras.listOffsiteInboxes, async ({ principal }) => ({
      items: await inboxes.list(principal.tenantId),
    })),
    route(cameras.createOffsiteInbox, ({ principal, body }) => inboxes.create(principal.tenantId, body)),
    route(cameras.updateOffsiteInbox, ({ principal, params, body }) =>
      inboxes.update(principal.tenantId, params.id, body),
    ),
    route(cameras.removeOffsiteInbox, async ({ params }) => {
      await inboxes.remove(params.id);
      return {};
    }),
    route(cameras.beginCopy, ({ params, body: { key, ...body } }) =>
      deposits.begin(params.id, { ...body, key: Buffer.from(key, "base64") }),
    ),
    route(cameras.appendCopy, ({ params, query, body }) => {
      if (!(body instanceof Uint8Array)) throw new AppError("request.unsupported_media_type");
      return deposits.append(params.id, params.segmentId, Number(query.offset), body);
    }),
    route(cameras.finishCopy, async ({ params }) => {
      const { sha256, keySha256 } = await deposits.finish(params.id, params.segmentId);
      return { sha256, keySha256 };
    }),
    route(cameras.checkCopy, ({ params }) => deposits.check(params.id, params.segmentId)),
    route(cameras.removeCopy, async ({ params }) => {
      await deposits.remove(params.id, params.segmentId);
      return {};
    }),
    route(cameras.putCopyKey, async ({ params, body }) => {
      const sealed = Buffer.from(body.sealed, "base64");
      await deposits.putKey(params.id, body.tenantId, Number(params.generation), sealed);
      return {};
    }),
    route(cameras.listCopies, async ({ params, query }) => {
      const { items, keys } = await deposits.list(params.id, query.tenant, query.after, LISTED);
      return {
        items: items.map(({ cameraId, segmentId, bytes, sha256 }) => ({
          cameraId,
          segmentId,
          bytes,
          sha256,
        })),
        keys: keys.map(({ generation, sealed }) => ({
          generation,
          sealed: Buffer.from(sealed).toString("base64"),
        })),
      };
    }),
    route(cameras.getCopyContent, ({ params, query }) => {
      const from = Number(query.from);
      const to = Math.min(Number(query.to), from + cameras.MAX_COPY_PART_BYTES);
      return deposits.read(params.id, params.segmentId, query.file, from, to);
    }),
  ];
}
