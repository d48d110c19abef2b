import { cameras } from "@gatehouse/contract";
import type { Feature } from "../../../platform/feature.ts";
import { route } from "../../../platform/http/route.ts";
import { type CustodyDeps, CustodyService } from "./custody-service.ts";
import { type VerdictDeps, VerdictService } from "./verdict-service.ts";
import { personalData } from "./verdict-store.ts";

export type { Around, Reader, Surroundings } from "./ports.ts";

export interface VerdictsFeature extends Feature {
  /** What is held here about a person. */
  readonly personalData: ReturnType<typeof personalData>;
}

/** What people decide about events of cameras, who touched a clip, and what else happened then. */
export function createVerdicts(deps: VerdictDeps & CustodyDeps): VerdictsFeature {
  const verdicts = new VerdictService(deps);
  const custody = new CustodyService(deps);
  return {
    name: "camera-verdicts",
    routes: [
      route(cameras.giveVerdict, ({ principal, params, body }) => verdicts.give(principal, params.id, body)),
      route(cameras.listVerdicts, ({ principal, params }) => verdicts.list(principal, params.id)),
      route(cameras.getCustody, ({ principal, params }) => custody.custody(principal, params.id)),
      route(cameras.getLinked, ({ principal, scope, params }) => custody.linked(principal, scope, params.id)),
    ],
    personalData: personalData(deps.db),
  };
}
