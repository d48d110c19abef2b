import { cameras } from "@gatehouse/contract";
import type { Feature } from "../../../platform/feature.ts";
import { route } from "../../../platform/http/route.ts";
import { type ArmingDeps, ArmingService } from "./arming-service.ts";

/** Arming and disarming of sites. */
export function createArming(deps: ArmingDeps): Feature {
  const arming = new ArmingService(deps);
  return {
    name: "site-arming",
    routes: [
      route(cameras.getSiteArming, ({ principal, params }) => arming.get(principal.tenantId, params.id)),
      route(cameras.setSiteArming, ({ principal, params, body }) => arming.set(principal, params.id, body)),
    ],
  };
}
