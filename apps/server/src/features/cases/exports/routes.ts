import { Readable } from "node:stream";
import type { Uuid } from "@gatehouse/base";
import { type access, cases } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import { askedRange, sendRange } from "../../../platform/http/send-range.ts";
import { CaseStore } from "../case-store.ts";
import type { CaseContext } from "../context.ts";
import type { Bundles } from "../ports.ts";
import type { CaseExports } from "./case-exports.ts";
import type { CaseExportRow } from "./export-store.ts";

export const caseExportRoutes = (
  exports: CaseExports,
  bundles: Pick<Bundles, "noteFetched">,
  context: CaseContext,
): readonly Route[] => [
  route(cases.createCaseExport, ({ scope, principal: { personId }, params, body }) =>
    exports.create({ scope, personId, caseId: params.id }, body),
  ),
  route(cases.listCaseExports, async ({ scope, params }) => ({
    items: await exports.list(scope, params.id),
  })),
  route(cases.cancelCaseExport, ({ scope, params }) => exports.cancel(scope, params.id, params.export)),
  route(cases.deleteCaseExport, async ({ scope, params }) => {
    await exports.remove(scope, params.id, params.export);
    return {};
  }),
  route(cases.getCaseExportContent, async ({ scope, principal, params, request, reply }) => {
    const { row, file } = await exports.open(scope, params.id, params.export);
    const range = askedRange(request, reply, file.bytes);
    for (const clip of row.clips) await bundles.noteFetched(principal, clip);
    const fileName = await fileNameOf(context, scope, row);
    reply
      .type(cases.getCaseExportContent.contentType)
      .header("content-disposition", `attachment; filename="${fileName}"`);
    const content = Readable.from(file.read(range.first, range.last), { objectMode: false });
    return sendRange(reply, content, range, file.bytes);
  }),
];

async function fileNameOf(
  { db }: CaseContext,
  { tenantId }: access.Scope,
  { askedMs, caseId, form }: CaseExportRow,
): Promise<string> {
  const kept = await new CaseStore(db, tenantId).find(caseId as Uuid);
  const day = new Date(askedMs).toISOString().slice(0, 10);
  return `${cases.caseName(kept?.number ?? 0)}-${day}.zip${form === "zip" ? "" : ".age"}`;
}
