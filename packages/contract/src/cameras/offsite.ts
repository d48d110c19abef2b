import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, UnixMs, Uuid } from "../schemas.ts";

const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const secretText = Type.String({
  maxLength: 512,
  description: "Write-only: read back as an empty string; an empty string keeps what is stored",
});
const url = Type.String({ minLength: 8, maxLength: 2048, pattern: "^https?://" });

export const OffsiteSettings = Type.Union([
  object({
    kind: Type.Literal("s3"),
    /** Of the store, without the bucket. */
    endpoint: url,
    region: Type.String({ pattern: "^[A-Za-z0-9-]{1,63}$" }),
    bucket: Type.String({ pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" }),
    /** Before every name in the bucket; empty or with a slash at its end. */
    prefix: Type.String({ maxLength: 200, pattern: "^([A-Za-z0-9][A-Za-z0-9_-]*/)*$" }),
    /** The bucket stands in the path; else before the host's name. */
    pathStyle: Type.Boolean(),
    accessKeyId: Type.String({ pattern: "^[\\x21-\\x7e]{1,128}$" }),
    secretAccessKey: secretText,
  }),
  object({
    kind: Type.Literal("gatehouse"),
    url,
    inboxId: Uuid,
    /** Of a program that may deposit copies there. */
    token: secretText,
  }),
]);
export type OffsiteSettings = Static<typeof OffsiteSettings>;

/** Why a copy, or a target, fails. The first group stands for the whole target. */
export const OFFSITE_FAILURES = [
  "address_forbidden",
  "unreachable",
  "timeout",
  "refused",
  "not_found",
  "clock_wrong",
  "slow_down",
  "server_error",
  "full_there",
  "secret_unreadable",
  /** Of one copy. */
  "unexpected",
  "altered_on_way",
  "missing_there",
  "altered_there",
  "kept_there",
  "gone_here",
  "damaged_here",
] as const;
export type OffsiteFailureCode = (typeof OFFSITE_FAILURES)[number];
export const OffsiteFailure = object({
  code: Type.Unsafe<OffsiteFailureCode>(Type.Union(OFFSITE_FAILURES.map((one) => Type.Literal(one)))),
  /** In the other side's words, one line. */
  detail: Type.Optional(Type.String()),
});
export type OffsiteFailure = Static<typeof OffsiteFailure>;

/** Copies that are fetched back. */
export const OffsiteRestore = object({
  running: Type.Boolean(),
  looked: Type.Integer(),
  taken: Type.Integer(),
  bytes: Bytes,
  /** Here already, or erased here. */
  known: Type.Integer(),
  /** That no key here opens. */
  foreign: Type.Integer(),
  /** It ended because the caps of the recordings, or the disk, had no room. */
  noRoom: Type.Optional(Type.Boolean()),
  failure: Type.Optional(OffsiteFailure),
});
export type OffsiteRestore = Static<typeof OffsiteRestore>;

const Count = object({ segments: Type.Integer(), bytes: Bytes });

export const OffsiteTarget = object({
  id: Uuid,
  name: Type.String(),
  enabled: Type.Boolean(),
  settings: OffsiteSettings,
  /** Private and loopback addresses are refused unless the owner allows them for this target by name. */
  allowPrivate: Type.Boolean(),
  /** Bytes a second at most; 0: as fast as it goes. */
  rateBytes: Type.Integer(),
  /** Copies are deleted there after as many days; 0: never. */
  keepDays: Type.Integer(),
  /** Of these cameras everything is copied, of all others what events need. */
  wholeCameras: Type.Array(Uuid),
  health: Type.Union([Type.Literal("untested"), Type.Literal("ok"), Type.Literal("failing")]),
  failure: Type.Optional(OffsiteFailure),
  failingSinceMs: Type.Optional(UnixMs),
  /** When a copy was last found whole there. */
  lastCopyMs: Type.Optional(UnixMs),
  /** Waiting, or being copied now. */
  waiting: Count,
  oldestWaitingMs: Type.Optional(UnixMs),
  done: Count,
  /** Given up until somebody wants them tried again. */
  failed: Count,
  /** Made room here before they were copied. */
  missed: Count,
  /** To be deleted there, and not gone yet. */
  removing: Count,
  /** The copy that is being made. */
  current: Type.Optional(object({ cameraId: Uuid, firstMs: UnixMs, bytes: Bytes, bytesDone: Bytes })),
  /** Fetching back, since the server started. */
  restore: Type.Optional(OffsiteRestore),
  updatedMs: UnixMs,
});
export type OffsiteTarget = Static<typeof OffsiteTarget>;

const targetBody = {
  name: line(120),
  enabled: Type.Boolean(),
  settings: OffsiteSettings,
  allowPrivate: Type.Boolean(),
  rateBytes: Type.Integer({ minimum: 0, maximum: 10_000_000_000 }),
  keepDays: Type.Integer({ minimum: 0, maximum: 36_500 }),
  wholeCameras: Type.Array(Uuid, { maxItems: 256, uniqueItems: true }),
};
export const OffsiteTargetBody = object(targetBody);
export type OffsiteTargetBody = Static<typeof OffsiteTargetBody>;

/** `part`: some of it is copied and the rest will never be. */
export const OFFSITE_STATES = ["none", "waiting", "copying", "done", "part", "failed", "gone"] as const;
export type OffsiteState = (typeof OFFSITE_STATES)[number];

const tag = "recordings";
const target = { kind: "offsite_target", param: "id" } as const;
const changes = {
  tag,
  audience: "operator",
  permission: "recording.manage",
  stepUp: true,
  fourEyes: "recordings",
} as const;

export const listOffsiteTargets = endpoint({
  method: "GET",
  path: "/api/v1/offsite/targets",
  tag,
  audience: "operator",
  permission: "recording.view",
  summary: "Where copies of recordings go, and how far they are",
  reply: object({ items: Type.Array(OffsiteTarget) }),
});
export const createOffsiteTarget = endpoint({
  ...changes,
  method: "POST",
  path: "/api/v1/offsite/targets",
  records: ["offsite.target_created"],
  summary: "Add a place for copies of recordings",
  body: object({
    ...targetBody,
    /** Also what is recorded already; else what is recorded from now on. */
    fromStart: Type.Boolean(),
  }),
  reply: OffsiteTarget,
  status: 201,
  errors: ["offsite.invalid", "url.forbidden", "limit.reached"],
});
export const updateOffsiteTarget = endpoint({
  ...changes,
  method: "PUT",
  path: "/api/v1/offsite/targets/:id",
  resource: target,
  records: ["offsite.target_changed"],
  summary: "Change a place for copies, or pause it; empty secrets keep what is stored",
  params: IdParams,
  body: OffsiteTargetBody,
  reply: OffsiteTarget,
  errors: ["offsite.target_not_found", "offsite.invalid", "secret.required", "url.forbidden"],
});
export const removeOffsiteTarget = endpoint({
  ...changes,
  method: "DELETE",
  path: "/api/v1/offsite/targets/:id",
  resource: target,
  records: ["offsite.target_removed"],
  summary: "Forget a place for copies; what lies there stays there",
  params: IdParams,
  reply: Done,
  errors: ["offsite.target_not_found"],
});
export const testOffsiteTarget = endpoint({
  method: "POST",
  path: "/api/v1/offsite/targets/:id/test",
  tag,
  audience: "operator",
  permission: "recording.manage",
  resource: target,
  records: ["offsite.target_tested"],
  summary: "Write, read and delete a few bytes there now, and say what happened",
  params: IdParams,
  body: object({}),
  reply: object({ ok: Type.Boolean(), failure: Type.Optional(OffsiteFailure) }),
  errors: ["offsite.target_not_found"],
  perMinute: 20,
});
export const retryOffsiteTarget = endpoint({
  method: "POST",
  path: "/api/v1/offsite/targets/:id/retry",
  tag,
  audience: "operator",
  permission: "recording.manage",
  resource: target,
  unrecorded: "does now what is done later anyway",
  summary: "Try everything that failed or waits again now",
  params: IdParams,
  body: object({}),
  reply: object({ segments: Type.Integer() }),
  errors: ["offsite.target_not_found"],
});
export const restoreOffsite = endpoint({
  method: "POST",
  path: "/api/v1/offsite/targets/:id/restore",
  tag,
  audience: "operator",
  permission: "recording.manage",
  resource: target,
  stepUp: true,
  records: ["offsite.restored"],
  summary:
    "Fetch copies back into the recordings, in the background; what is here, or was erased here, stays as it is",
  params: IdParams,
  body: object({
    cameraId: Type.Optional(Uuid),
    fromMs: Type.Optional(UnixMs),
    toMs: Type.Optional(UnixMs),
  }),
  reply: OffsiteRestore,
  errors: ["offsite.target_not_found", "request.conflict"],
});
export const getOffsiteStates = endpoint({
  method: "POST",
  path: "/api/v1/offsite/states",
  tag,
  audience: "operator",
  permission: "recording.view",
  partial: true,
  unrecorded: "reads only; a body because of the list of spans",
  summary: "Whether the recordings of spans are copied elsewhere, in the order of the spans",
  body: object({
    spans: Type.Array(object({ cameraId: Uuid, fromMs: UnixMs, toMs: UnixMs }), {
      minItems: 1,
      maxItems: 200,
    }),
  }),
  reply: object({
    items: Type.Array(
      object({
        state: Type.Unsafe<OffsiteState>(Type.Union(OFFSITE_STATES.map((one) => Type.Literal(one)))),
        /** Of copies, over all targets. */
        done: Type.Integer(),
        wanted: Type.Integer(),
        /** When the last of them was found whole. */
        doneMs: Type.Optional(UnixMs),
      }),
    ),
  }),
});
