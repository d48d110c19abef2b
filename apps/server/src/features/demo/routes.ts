import { operations } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { DemoService } from "./service.ts";

export function demoRoutes(demo: DemoService): Route[] {
  return [
    route(operations.getDemo, async ({ principal }) => demo.state(principal.tenantId)),
    route(operations.startDemo, async ({ principal }) => demo.create(principal.tenantId)),
    route(operations.removeDemo, async ({ principal }) => {
      await demo.remove(principal.tenantId);
      return {};
    }),
  ];
}
