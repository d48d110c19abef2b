import { type Static, Type } from "typebox";
import { ExportState } from "../cameras/exports.ts";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, Language, object, UnixMs, Uuid } from "../schemas.ts";

/** `password` and `age` are the same zip, encrypted as a whole (C2SP age): with a passphrase, or to a recipient. */
export const CASE_EXPORT_FORMS = ["zip", "password", "age"] as const;
export const CaseExportForm = Type.Unsafe<(typeof CASE_EXPORT_FORMS)[number]>(
  Type.Union(CASE_EXPORT_FORMS.map((one) => Type.Literal(one))),
);
export type CaseExportForm = Static<typeof CaseExportForm>;

/** A bundle of a case: its clips, what proves them, a report and the programs that check it all. */
export const CaseExport = object({
  id: Uuid,
  form: CaseExportForm,
  language: Language,
  /** Of form `age`. */
  recipient: Type.Optional(Type.String()),
  state: ExportState,
  /** 0 … 1. */
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  /** While it runs, as far as it can be told. */
  leftMs: Type.Optional(Type.Integer({ minimum: 0 })),
  askedMs: UnixMs,
  askedBy: Type.Optional(Type.String()),
  endedMs: Type.Optional(UnixMs),
  /** From then on it is gone. */
  expiresMs: Type.Optional(UnixMs),
  clips: Type.Integer({ minimum: 0 }),
  /** 0 until it is done. */
  bytes: Type.Integer({ minimum: 0 }),
  frames: Type.Integer({ minimum: 0 }),
  /** Parts of recordings that did not open as they were sealed, and are not in it. */
  damaged: Type.Integer({ minimum: 0 }),
  /** Code of what went wrong. */
  error: Type.Optional(Type.String()),
  /** Whoever asks may see all that is in it. */
  mayOpen: Type.Boolean(),
});
export type CaseExport = Static<typeof CaseExport>;

export const CASE_PASSWORD = { minLength: 10, maxLength: 128 } as const;
/** A recipient of age: `age1…`, Bech32. */
export const AgeRecipient = Type.String({ pattern: "^age1[a-z0-9]{10,2000}$" });

const shared = {
  tag: "cases",
  audience: "operator",
  permission: "recording.export",
  resource: { kind: "case", param: "id" },
} as const;
const ExportParams = object({ id: Uuid, export: Uuid });
const UNKNOWN = ["case.not_found", "export.not_found"] as const;

export const createCaseExport = endpoint({
  ...shared,
  method: "POST",
  path: "/api/v1/cases/:id/exports",
  records: ["case.exported"],
  summary: "Make a bundle of the clips that the asker may take out, with a report and all that proves them",
  params: IdParams,
  body: Type.Union([
    object({ form: Type.Literal("zip"), language: Language }),
    object({
      form: Type.Literal("password"),
      language: Language,
      password: Type.String(CASE_PASSWORD),
    }),
    object({ form: Type.Literal("age"), language: Language, recipient: AgeRecipient }),
  ]),
  reply: CaseExport,
  errors: [
    "case.not_found",
    "case.nothing_to_export",
    "case.recipient_invalid",
    "export.too_many",
    "export.no_room",
  ],
});
export const listCaseExports = endpoint({
  ...shared,
  method: "GET",
  path: "/api/v1/cases/:id/exports",
  summary: "Bundles of a case that are there or being made, the newest first",
  params: IdParams,
  reply: object({ items: Type.Array(CaseExport) }),
  errors: ["case.not_found"],
});
export const getCaseExportContent = endpoint({
  ...shared,
  method: "GET",
  path: "/api/v1/cases/:id/exports/:export/content",
  summary: "The bundle, by range (RFC 9110 §14); in the audit log as a look at each of its clips",
  params: ExportParams,
  reply: Type.Unknown(),
  contentType: "application/octet-stream",
  errors: [...UNKNOWN, "export.not_ready", "export.damaged", "segment.erased", "segment.range_unsatisfiable"],
});
export const cancelCaseExport = endpoint({
  ...shared,
  method: "POST",
  path: "/api/v1/cases/:id/exports/:export/cancel",
  unrecorded: "gives up the making of a copy",
  summary: "Give it up; one that is done stays",
  params: ExportParams,
  body: object({}),
  reply: CaseExport,
  errors: UNKNOWN,
});
export const deleteCaseExport = endpoint({
  ...shared,
  method: "DELETE",
  path: "/api/v1/cases/:id/exports/:export",
  unrecorded: "takes away a copy; what is recorded stays",
  summary: "Destroy its key and file",
  params: ExportParams,
  reply: Done,
  errors: UNKNOWN,
});
