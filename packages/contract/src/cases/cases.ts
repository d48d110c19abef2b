import { Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, object, page, QueryInt, text, UnixMs, Uuid } from "../schemas.ts";
import {
  CASE_LIMITS,
  Case,
  CaseItem,
  CaseState,
  CaseSummary,
  CaseTags,
  CaseTitle,
  NewCaseItem,
} from "./case.ts";

const tag = "cases";
/** Cases are the organisation's; their clips and devices are shown to whoever may see the camera. */
const read = { tag, audience: "operator", permission: "case.read" } as const;
const write = { tag, audience: "operator", permission: "case.write" } as const;
const resource = { kind: "case", param: "id" } as const;
const ItemParams = object({ id: Uuid, item: Uuid });
const changed = ["case.changed"] as const;
const ITEM_ERRORS = [
  "case.not_found",
  "case.closed",
  "case.full",
  "case.item_exists",
  "camera_event.not_found",
  "device.not_found",
  "account.not_found",
  "camera.none",
  "segment.range_invalid",
] as const;

export const listCases = endpoint({
  ...read,
  partial: true,
  method: "GET",
  path: "/api/v1/cases",
  summary: "Cases, the last changed first",
  query: object({
    /** Part of the title, the summary or a note, a tag as a whole, or its number. */
    q: Type.Optional(text(120)),
    state: Type.Optional(CaseState),
    /** Those that hold this event of a camera. */
    event: Type.Optional(Uuid),
    offset: Type.Optional(QueryInt),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: page(Case),
});
export const createCase = endpoint({
  ...write,
  partial: true,
  method: "POST",
  path: "/api/v1/cases",
  records: ["case.created"],
  summary: "Open a case, with what is to be in it from the start",
  body: object({
    title: CaseTitle,
    summary: Type.Optional(CaseSummary),
    tags: Type.Optional(CaseTags),
    items: Type.Optional(Type.Array(NewCaseItem, { maxItems: 50 })),
  }),
  reply: Case,
  errors: ITEM_ERRORS,
});
export const getCase = endpoint({
  ...read,
  method: "GET",
  path: "/api/v1/cases/:id",
  resource,
  summary: "One case with what is in it, oldest first",
  params: IdParams,
  reply: object({ case: Case, items: Type.Array(CaseItem) }),
  errors: ["case.not_found"],
});
export const updateCase = endpoint({
  ...write,
  method: "PATCH",
  path: "/api/v1/cases/:id",
  resource,
  records: changed,
  summary: "Change its title, summary or tags; close it or open it again",
  params: IdParams,
  body: object({
    title: Type.Optional(CaseTitle),
    summary: Type.Optional(CaseSummary),
    tags: Type.Optional(CaseTags),
    state: Type.Optional(CaseState),
  }),
  reply: Case,
  errors: ["case.not_found", "case.closed"],
});
export const addCaseItem = endpoint({
  ...write,
  method: "POST",
  path: "/api/v1/cases/:id/items",
  resource,
  records: changed,
  summary: "Put a clip, a device, a person or a note into it; the recording of a clip is kept from then on",
  params: IdParams,
  body: NewCaseItem,
  reply: CaseItem,
  errors: ITEM_ERRORS,
});
export const updateCaseNote = endpoint({
  ...write,
  method: "PATCH",
  path: "/api/v1/cases/:id/items/:item",
  resource,
  records: changed,
  summary: "Change a note; what it said before is kept",
  params: ItemParams,
  body: object({ text: text(CASE_LIMITS.maxNoteLength, 1) }),
  reply: CaseItem,
  errors: ["case.not_found", "case.closed", "case.item_not_found", "case.full"],
});
export const listCaseNoteVersions = endpoint({
  ...read,
  method: "GET",
  path: "/api/v1/cases/:id/items/:item/versions",
  resource,
  summary: "What a note said before, oldest first",
  params: ItemParams,
  reply: object({
    items: Type.Array(object({ text: Type.String(), atMs: UnixMs, by: Type.Optional(Type.String()) })),
  }),
  errors: ["case.not_found", "case.item_not_found"],
});
export const removeCaseItem = endpoint({
  ...write,
  method: "DELETE",
  path: "/api/v1/cases/:id/items/:item",
  resource,
  records: changed,
  summary: "Take something out of it; for a week it can be put back",
  params: ItemParams,
  reply: Done,
  errors: ["case.not_found", "case.closed", "case.item_not_found"],
});
export const restoreCaseItem = endpoint({
  ...write,
  method: "POST",
  path: "/api/v1/cases/:id/items/:item/restore",
  resource,
  records: changed,
  summary: "Put back what was taken out",
  params: ItemParams,
  body: object({}),
  reply: CaseItem,
  errors: ["case.not_found", "case.closed", "case.item_not_found", "case.item_exists", "case.full"],
});
