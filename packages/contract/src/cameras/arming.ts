import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, UnixMs, Uuid } from "../schemas.ts";

/** Whether cameras of a site that follow its switch (`arming` is `site`) raise alarms. */
export const SiteArming = object({
  siteId: Uuid,
  /** Now. */
  armed: Type.Boolean(),
  /** From then on it is the other way round; absent until somebody switches it. */
  untilMs: Type.Optional(UnixMs),
  /** When it was switched last, and by whom; absent where nobody ever did. */
  sinceMs: Type.Optional(UnixMs),
  byName: Type.Optional(Type.String()),
});
export type SiteArming = Static<typeof SiteArming>;

/** A switch that changes back by itself does so within this time. */
export const MAX_ARMING_DAYS = 31;

const site = { kind: "site", param: "id" } as const;

export const getSiteArming = endpoint({
  method: "GET",
  path: "/api/v1/sites/:id/arming",
  tag: "cameras",
  audience: "operator",
  permission: "camera.view",
  resource: site,
  summary: "Whether a site is armed, since when and by whom",
  params: IdParams,
  reply: SiteArming,
  errors: ["site.not_found"],
});
export const setSiteArming = endpoint({
  method: "PUT",
  path: "/api/v1/sites/:id/arming",
  tag: "cameras",
  audience: "operator",
  permission: "arming.write",
  resource: site,
  records: ["site.armed", "site.disarmed"],
  summary: "Arm a site, or disarm it; until a time where one is given",
  params: IdParams,
  body: object({
    armed: Type.Boolean(),
    /** In the future, within 31 days. */
    untilMs: Type.Optional(UnixMs),
  }),
  reply: SiteArming,
  errors: ["site.not_found"],
});
