import { ledger } from "@gatehouse/contract";
import { type Route, route } from "../../../platform/http/route.ts";
import type { SeamService } from "./seam-service.ts";

export const seamRoutes = (seams: SeamService): readonly Route[] => [
  route(ledger.listLedgerSeams, async () => ({ items: await seams.list() })),
  route(ledger.acknowledgeLedgerSeam, ({ principal, params, body }) =>
    seams.acknowledge(principal.tenantId, principal.personId, Number(params.log), body.reason),
  ),
];
