import { type Static, Type } from "typebox";
import { SHARE_LIMITS, Share } from "../cameras/shares.ts";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, object, text, Uuid } from "../schemas.ts";

/** A case lent to somebody without an account: one link to all its clips. */
export const CaseLend = object({
  id: Uuid,
  /** Of each clip, in the order of the case; the link is the first one's, and all end together. */
  clips: Type.Array(Share, { minItems: 1 }),
});
export type CaseLend = Static<typeof CaseLend>;

const shared = {
  tag: "cases",
  audience: "operator",
  permission: "recording.export",
  resource: { kind: "case", param: "id" },
} as const;

export const lendCase = endpoint({
  ...shared,
  method: "POST",
  path: "/api/v1/cases/:id/lends",
  records: ["case.lent"],
  summary: "One link to the clips of the case that the asker may take out, until it expires or is revoked",
  params: IdParams,
  body: object({
    lifeMs: Type.Integer({ minimum: SHARE_LIMITS.minLifeMs, maximum: SHARE_LIMITS.maxLifeMs }),
    password: Type.Optional(
      Type.String({ minLength: SHARE_LIMITS.minPasswordLength, maxLength: SHARE_LIMITS.maxPasswordLength }),
    ),
    note: Type.Optional(text(SHARE_LIMITS.maxNoteLength)),
    showsCamera: Type.Boolean(),
    allowsDownload: Type.Boolean(),
  }),
  reply: object({
    lend: CaseLend,
    /** The link: its secret stands in the fragment, and is not kept. */
    url: Type.String(),
  }),
  errors: ["case.not_found", "case.nothing_to_export", "share.too_many", "export.no_room", "ffmpeg.missing"],
});
export const listCaseLends = endpoint({
  ...shared,
  method: "GET",
  path: "/api/v1/cases/:id/lends",
  summary: "To whom the case was lent, the newest first",
  params: IdParams,
  reply: object({ items: Type.Array(CaseLend) }),
  errors: ["case.not_found"],
});
export const revokeCaseLend = endpoint({
  ...shared,
  method: "POST",
  path: "/api/v1/cases/:id/lends/:lend/revoke",
  records: ["case.lend_revoked"],
  summary: "End it at once, also for whoever is looking",
  params: object({ id: Uuid, lend: Uuid }),
  body: object({}),
  reply: Done,
  errors: ["case.not_found", "share.not_found", "share.ended"],
});
