import { gateways } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { exportDevices } from "./export.ts";
import type { Gateways } from "./gateways.ts";
import type { MeterReads } from "./reads.ts";
import type { SignedReadings } from "./signed-readings.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

const limitOf = (text: string | undefined): number => Math.min(MAX_LIMIT, Number(text ?? DEFAULT_LIMIT));
const pageOf = ({ offset, limit }: { readonly offset?: string; readonly limit?: string }) => ({
  offset: Number(offset ?? 0),
  limit: limitOf(limit),
});
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

export function siteGatewayRoutes(parts: {
  readonly gateways: Gateways;
  readonly reads: MeterReads;
  readonly readings: SignedReadings;
}): readonly Route[] {
  const { reads, readings } = parts;
  return [
    route(gateways.listGateways, ({ scope, query }) =>
      parts.gateways.list(scope, { q: query.q ?? "", ...pageOf(query) }),
    ),
    route(gateways.getGateway, ({ principal, params }) => parts.gateways.get(principal.tenantId, params.id)),
    route(gateways.startMeterRead, ({ principal, scope, body: { deadlineSeconds, ...selection } }) =>
      reads.start(principal, scope, selection, deadlineSeconds),
    ),
    route(gateways.listMeterReads, ({ scope, query }) =>
      reads.list(scope, { beforeSeq: numberOf(query.before), limit: limitOf(query.limit) }),
    ),
    route(gateways.getMeterRead, ({ principal, params }) => reads.get(principal.tenantId, params.id)),
    route(gateways.cancelMeterRead, ({ principal, params }) => reads.cancel(principal.tenantId, params.id)),
    route(gateways.listMeterReadDevices, ({ principal, params, query }) =>
      reads.listDevices(principal.tenantId, params.id, query.verdict, pageOf(query)),
    ),
    route(gateways.exportMeterRead, async ({ principal, params, query, reply }) => {
      await reads.recordExport(principal.tenantId, params.id);
      reply.header("content-disposition", 'attachment; filename="meter-read.csv"');
      return exportDevices(reads, principal.tenantId, params.id, query.verdict);
    }),
    route(gateways.listSignedReadings, ({ principal, params, query }) =>
      readings.list(principal.tenantId, params.id, {
        beforeId: numberOf(query.before),
        limit: limitOf(query.limit),
      }),
    ),
  ];
}
