import { type Static, Type } from "typebox";
import { line, object, text, UnixMs, Uuid } from "../schemas.ts";

/** With the country code (E.164); what people type between the digits is taken out. */
export const Phone = Type.String({
  minLength: 8,
  maxLength: 32,
  pattern: "^\\+[1-9][0-9 .()/-]{6,30}$",
  description: "With the country code: +33 6 12 34 56 78",
});
export const PostalAddress = text(500);
export const IdentityNumber = line(64);
/** Six digits; spaces are ignored. */
export const OneTimeCode = Type.String({ pattern: "^[0-9 ]{6,13}$" });
/** Sites where a role holds; absent = in the whole organisation. */
export const SiteIds = Type.Array(Uuid, { minItems: 1, maxItems: 200, uniqueItems: true });
/** Why, in words; the person reads it. */
export const Reason = text(500, 1);

export const PersonalDetails = object({
  phone: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
  identityNumber: Type.Optional(Type.String()),
  masked: Type.Boolean({
    description:
      "The reader may not see them: of the phone and the identity number only the last two characters are there",
  }),
});
export type PersonalDetails = Static<typeof PersonalDetails>;

export const Erasure = object({
  state: Type.Union([Type.Literal("requested"), Type.Literal("done")]),
  requestedMs: UnixMs,
  requestedBy: Type.Union([Type.Literal("person"), Type.Literal("operator")]),
  /** Until then it can be withdrawn. */
  dueMs: UnixMs,
  doneMs: Type.Optional(UnixMs),
  kept: Type.Array(Type.String({ pattern: "^[a-z_]{1,40}$" }), {
    maxItems: 20,
    description: "What stays because the law or the proof of the ledger asks for it",
  }),
});
export type Erasure = Static<typeof Erasure>;
