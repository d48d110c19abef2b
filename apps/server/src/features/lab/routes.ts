import { lab } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { LabService } from "./service.ts";

export function labRoutes(service: LabService): readonly Route[] {
  return [
    route(lab.listAttacks, async () => ({ items: [...(await service.attacks())] })),
    route(lab.listLabRuns, async ({ principal }) => ({ items: await service.list(principal.tenantId) })),
    route(lab.startLabRun, ({ principal, body }) => service.run(principal, body.attacks)),
    route(lab.getLabRun, ({ principal, params }) => service.get(principal.tenantId, params.id)),
    route(lab.cancelLabRun, async ({ principal, params }) => {
      await service.cancel(principal.tenantId, params.id);
      return {};
    }),
  ];
}
