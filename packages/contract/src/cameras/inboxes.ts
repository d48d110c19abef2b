import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, QueryInt, UnixMs, Uuid } from "../schemas.ts";

// Copies of the recordings of another Gatehouse, kept here. Whoever sends can add, and ask what is there; never change.

/** Of parts of a file. */
export const COPY_TYPE = "application/vnd.gatehouse.copy";
/** Of one part; a request has half a minute. */
export const MAX_COPY_PART_BYTES = 1_048_576;
/** More than any segment's file has. */
export const MAX_COPY_BYTES = 80 * 1_048_576;

const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** A verifier key (C2SP signed-note), as `GET /recordings/key` there answers it; empty: signatures are not looked at. */
const SenderKey = Type.String({ maxLength: 300, pattern: "^([!-~]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+)?$" });

const inboxBody = {
  name: line(120),
  /** Of everything in it. */
  capBytes: Type.Integer({ minimum: 1_000_000, maximum: Number.MAX_SAFE_INTEGER }),
  /** Whoever sent a copy can delete it after as many days, not before. */
  keepDays: Type.Integer({ minimum: 0, maximum: 36_500 }),
  senderKey: SenderKey,
};
export const OffsiteInboxBody = object(inboxBody);
export type OffsiteInboxBody = Static<typeof OffsiteInboxBody>;
export const OffsiteInbox = object({
  id: Uuid,
  ...inboxBody,
  copies: Type.Integer(),
  /** On the disk, with what is still arriving. */
  bytes: Bytes,
  lastMs: Type.Optional(UnixMs),
  createdMs: UnixMs,
});
export type OffsiteInbox = Static<typeof OffsiteInbox>;

const tag = "recordings";
const path = "/api/v1/offsite/inboxes";
const inbox = { kind: "offsite_inbox", param: "id" } as const;
const manages = {
  tag,
  audience: "operator",
  permission: "recording.manage",
  stepUp: true,
  fourEyes: "recordings",
} as const;
const deposits = { tag, audience: "operator", permission: "recording.deposit", resource: inbox } as const;
const collects = { tag, audience: "operator", permission: "recording.collect", resource: inbox } as const;
const CopyParams = object({ id: Uuid, segmentId: Uuid });
const found = ["offsite.inbox_not_found", "offsite.copy_not_found"] as const;

export const listOffsiteInboxes = endpoint({
  method: "GET",
  path,
  tag,
  audience: "operator",
  permission: "recording.view",
  summary: "Inboxes for copies of another installation's recordings",
  reply: object({ items: Type.Array(OffsiteInbox) }),
});
export const createOffsiteInbox = endpoint({
  ...manages,
  method: "POST",
  path,
  records: ["offsite.inbox_created"],
  summary: "Add an inbox; programs with recording.deposit put copies into it",
  body: OffsiteInboxBody,
  reply: OffsiteInbox,
  status: 201,
  errors: ["offsite.invalid", "limit.reached"],
});
export const updateOffsiteInbox = endpoint({
  ...manages,
  method: "PUT",
  path: `${path}/:id`,
  resource: inbox,
  records: ["offsite.inbox_changed"],
  summary: "Change an inbox; nothing of what is in it goes",
  params: IdParams,
  body: OffsiteInboxBody,
  reply: OffsiteInbox,
  errors: ["offsite.inbox_not_found", "offsite.invalid"],
});
export const removeOffsiteInbox = endpoint({
  ...manages,
  method: "DELETE",
  path: `${path}/:id`,
  resource: inbox,
  records: ["offsite.inbox_removed"],
  summary: "Delete an inbox with everything in it",
  params: IdParams,
  reply: Done,
  errors: ["offsite.inbox_not_found"],
});

export const CopyState = object({
  /** Bytes of the segment's file that are here. */
  offset: Bytes,
  whole: Type.Boolean(),
});
export const beginCopy = endpoint({
  ...deposits,
  method: "POST",
  path: `${path}/:id/copies`,
  unrecorded: "recorded when the copy is whole",
  summary: "Announce a copy, or ask how much of it is here",
  params: IdParams,
  body: object({
    tenantId: Uuid,
    cameraId: Uuid,
    segmentId: Uuid,
    bytes: Type.Integer({ minimum: 1, maximum: MAX_COPY_BYTES }),
    sha256: Hash,
    /** The wrapped key, base64. */
    key: Type.String({ minLength: 4, maxLength: 400, pattern: "^[A-Za-z0-9+/]+={0,2}$" }),
  }),
  reply: CopyState,
  errors: ["offsite.inbox_not_found", "offsite.inbox_full", "offsite.copy_exists", "server.disk_full"],
});
export const appendCopy = endpoint({
  ...deposits,
  method: "PUT",
  path: `${path}/:id/copies/:segmentId/bytes`,
  unrecorded: "recorded when the copy is whole",
  summary: "The next bytes of a copy; they are on disk when it answers",
  params: CopyParams,
  query: object({ offset: QueryInt }),
  body: Type.Unsafe<Uint8Array>(Type.Unknown()),
  bodyLimitBytes: MAX_COPY_PART_BYTES,
  reply: CopyState,
  errors: [...found, "offsite.offset_wrong", "server.disk_full"],
});
export const finishCopy = endpoint({
  ...deposits,
  method: "POST",
  path: `${path}/:id/copies/:segmentId/finish`,
  records: ["offsite.copy_received"],
  summary:
    "Ends a copy: it counts when what is on disk has the announced digest, and nobody changes it afterwards",
  params: CopyParams,
  body: object({}),
  reply: object({ sha256: Hash, keySha256: Hash }),
  errors: [...found, "offsite.copy_wrong"],
});
export const checkCopy = endpoint({
  ...deposits,
  method: "GET",
  path: `${path}/:id/copies/:segmentId`,
  summary: "Digests of what is on disk, computed now",
  params: CopyParams,
  reply: object({ bytes: Bytes, sha256: Hash, keySha256: Hash }),
  errors: found,
});
export const removeCopy = endpoint({
  ...deposits,
  method: "DELETE",
  path: `${path}/:id/copies/:segmentId`,
  records: ["offsite.copy_removed"],
  summary: "Delete a copy, when it is older than the inbox keeps it",
  params: CopyParams,
  reply: Done,
  errors: [...found, "offsite.copy_kept"],
});
export const putCopyKey = endpoint({
  ...deposits,
  method: "PUT",
  path: `${path}/:id/keys/:generation`,
  unrecorded: "of no use without copies, which are recorded",
  summary: "A key over the keys of copies, wrapped under the sender's master key; once for each generation",
  params: object({ id: Uuid, generation: Type.String({ pattern: "^[1-9][0-9]{0,8}$" }) }),
  body: object({
    tenantId: Uuid,
    sealed: Type.String({ minLength: 4, maxLength: 1_000, pattern: "^[A-Za-z0-9+/]+={0,2}$" }),
  }),
  reply: Done,
  errors: ["offsite.inbox_not_found"],
});

export const listCopies = endpoint({
  ...collects,
  method: "GET",
  path: `${path}/:id/copies`,
  summary: "Whole copies of one organisation of the sender, by id, at most 500; `after` goes on",
  params: IdParams,
  query: object({ tenant: Uuid, after: Type.Optional(Uuid) }),
  reply: object({
    items: Type.Array(object({ cameraId: Uuid, segmentId: Uuid, bytes: Bytes, sha256: Hash })),
    keys: Type.Array(object({ generation: Type.Integer(), sealed: Type.String() })),
  }),
  errors: ["offsite.inbox_not_found"],
});
export const getCopyContent = endpoint({
  ...collects,
  method: "GET",
  path: `${path}/:id/copies/:segmentId/content`,
  summary: "Bytes of a copy as they were sent, at most 1 MiB at once",
  params: CopyParams,
  query: object({
    file: Type.Union([Type.Literal("segment"), Type.Literal("key")]),
    from: QueryInt,
    to: QueryInt,
  }),
  reply: Type.Unknown(),
  contentType: COPY_TYPE,
  errors: found,
});
