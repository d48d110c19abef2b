import { Readable } from "node:stream";
import { cameras } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import { askedRange, sendRange } from "../../../platform/http/send-range.ts";
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
    const range = askedRange(request, reply, file.bytes);
    await views.record(principal, { cameraId: row.cameraId, firstMs: row.fromMs, via: "export" });
    const fileName = fileNameOf(row);
    reply.type(TYPES[row.form]).header("content-disposition", `attachment; filename="${fileName}"`);
    const content = Readable.from(file.read(range.first, range.last), { objectMode: false });
    return sendRange(reply, content, range, file.bytes);
  }),
];

/** Names of cameras are for people, and may hold anything: the file is called by when it was. */
const fileNameOf = ({ form, fromMs, cameraId }: ExportRow): string => {
  const at = new Date(fromMs).toISOString().slice(0, 19).replaceAll(":", "-");
  return `camera-${cameraId.slice(0, 8)}-${at}Z.${SUFFIXES[form]}`;
};
