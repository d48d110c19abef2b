import { Readable } from "node:stream";
import { AppError } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import { parseRange } from "../reading/range.ts";
import type { Views } from "../reading/views.ts";
import type { ExportRow } from "./export-store.ts";
import type { Exports } from "./exports.ts";

const TYPES = { mp4: "video/mp4", frames: "application/zip" } as const;
const SUFFIXES = { mp4: "mp4", frames: "zip" } as const;

export const exportRoutes = (exports: Exports, views: Views): readonly Route[] => [
  route(cameras.createRecordingExport, ({ scope, body }) => exports.create(scope, body)),
  route(cameras.estimateRecordingExport, ({ scope, body }) => exports.estimate(scope, body.cameraId, body)),
  route(cameras.noteBrowserExport, async ({ scope, body }) => {
    await exports.noteBrowserExport(scope, body.cameraId, body);
    return {};
  }),
  route(cameras.listRecordingExports, async ({ scope }) => ({ items: await exports.list(scope) })),
  route(cameras.getRecordingExport, ({ principal, params }) => exports.get(principal.tenantId, params.id)),
  route(cameras.cancelRecordingExport, ({ principal, params }) =>
    exports.cancel(principal.tenantId, params.id),
  ),
  route(cameras.deleteRecordingExport, async ({ principal, params }) => {
    await exports.remove(principal.tenantId, params.id);
    return {};
  }),
  route(cameras.getRecordingExportContent, async ({ principal, params, request, reply }) => {
    const { row, file } = await exports.open(principal.tenantId, params.id);
    const range = parseRange(request.headers.range, file.bytes);
    reply.header("accept-ranges", "bytes");
    if (range === "outside") {
      reply.header("content-range", `bytes */${file.bytes}`);
      throw new AppError("segment.range_unsatisfiable");
    }
    await views.record(principal, { cameraId: row.cameraId, firstMs: row.fromMs, via: "export" });
    const { first, last } = range === "whole" ? { first: 0, last: file.bytes - 1 } : range;
    reply.type(TYPES[row.form]).headers({
      "content-disposition": `attachment; filename="${fileNameOf(row)}"`,
      "content-length": String(last - first + 1),
      "cache-control": "no-store",
    });
    const content = Readable.from(file.read(first, last), { objectMode: false });
    if (range === "whole") return content;
    reply.status(206).header("content-range", `bytes ${first}-${last}/${file.bytes}`).send(content);
    // Whoever goes away while it leaves has what they have.
    await Promise.resolve(reply).catch(() => undefined);
    return content;
  }),
];

/** Names of cameras are for people, and may hold anything: the file is called by when it was. */
const fileNameOf = ({ form, fromMs, cameraId }: ExportRow): string => {
  const at = new Date(fromMs).toISOString().slice(0, 19).replaceAll(":", "-");
  return `camera-${cameraId.slice(0, 8)}-${at}Z.${SUFFIXES[form]}`;
};
