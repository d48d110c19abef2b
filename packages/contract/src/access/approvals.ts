import { type Static, Type } from "typebox";
import { endpoint, FOUR_EYES_ACTS, type FourEyesAct } from "../endpoint.ts";
import { IdParams, line, object, stream, text, UnixMs, Uuid } from "../schemas.ts";

const tag = "approvals";

export const ActKind = Type.Unsafe<FourEyesAct>(Type.Union(FOUR_EYES_ACTS.map((act) => Type.Literal(act))));

export const APPROVAL_STATES = [
  /** Waits for a second person, or for the end of the delay of a sole able one. */
  "waiting",
  "running",
  "done",
  /** Approved, but the act itself was refused; `code` says why. */
  "failed",
  "refused",
  "withdrawn",
  "expired",
] as const;
export const ApprovalState = Type.Unsafe<(typeof APPROVAL_STATES)[number]>(
  Type.Union(APPROVAL_STATES.map((state) => Type.Literal(state))),
);
export type ApprovalState = Static<typeof ApprovalState>;

/** An act that waits for a second person. `request` is exactly what will be carried out. */
export const Approval = object({
  id: Uuid,
  act: ActKind,
  state: ApprovalState,
  request: object({
    method: Type.String(),
    path: Type.String({ description: "With its parameters filled in" }),
    summary: Type.String({ description: "In English; the console has its own words by `act` and path" }),
    body: Type.Optional(Type.Unknown()),
  }),
  /** What it is done to. */
  resource: Type.Optional(object({ kind: Type.String(), id: Uuid })),
  requestedBy: object({ id: Uuid, name: Type.String() }),
  requestedMs: UnixMs,
  expiresMs: UnixMs,
  /** Nobody else was able to approve: the requester may carry it out from then on. */
  aloneFromMs: Type.Optional(UnixMs),
  decidedBy: Type.Optional(object({ id: Uuid, name: Type.String() })),
  decidedMs: Type.Optional(UnixMs),
  reason: Type.Optional(Type.String()),
  /** Of a failed act. */
  code: Type.Optional(Type.String()),
  /** The reply waits for the requester, who can read it once. */
  hasReply: Type.Boolean(),
  /** What the asker can do with it now. */
  may: object({
    approve: Type.Boolean(),
    refuse: Type.Boolean(),
    withdraw: Type.Boolean(),
    carryOut: Type.Boolean(),
  }),
});
export type Approval = Static<typeof Approval>;

const self = { audience: "operator", permission: "self", tag } as const;
const resource = { kind: "approval", param: "id" } as const;
const errors = ["approval.not_found"] as const;
const decided = [...errors, "approval.closed", "approval.own", "auth.forbidden"] as const;

export const listApprovals = endpoint({
  ...self,
  method: "GET",
  path: "/api/v1/approvals",
  summary:
    "One's own requests and those one is able to decide, newest first; with role.read all of them. `q` is part of the name of who asked or decided",
  query: object({
    /** `open` is waiting or being carried out, `closed` everything else. */
    state: Type.Optional(Type.Union([Type.Literal("open"), Type.Literal("closed"), ApprovalState])),
    /** Those one asked for, or those one can decide now. */
    who: Type.Optional(Type.Union([Type.Literal("requester"), Type.Literal("decider")])),
    act: Type.Optional(ActKind),
    q: Type.Optional(text(100)),
    before: Type.Optional(Type.String({ maxLength: 100 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  }),
  reply: Type.Object(
    {
      ...stream(Approval).properties,
      waiting: Type.Integer({ description: "That the asker can decide now" }),
    },
    { additionalProperties: false },
  ),
});
export const getApproval = endpoint({
  ...self,
  method: "GET",
  path: "/api/v1/approvals/:id",
  resource,
  summary: "One request with everything that would be carried out",
  params: IdParams,
  reply: Approval,
  errors,
});
export const approve = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/approvals/:id/approve",
  resource,
  stepUp: true,
  summary: "Approve: the act is carried out now, once, exactly as requested",
  params: IdParams,
  body: object({ reason: line(300) }),
  reply: Approval,
  records: ["approval.given"],
  errors: decided,
});
export const refuse = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/approvals/:id/refuse",
  resource,
  summary: "Refuse with a reason",
  params: IdParams,
  body: object({ reason: line(300) }),
  reply: Approval,
  records: ["approval.refused"],
  errors: decided,
});
export const withdraw = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/approvals/:id/withdraw",
  resource,
  summary: "Take one's own request back",
  params: IdParams,
  body: object({}),
  reply: Approval,
  records: ["approval.withdrawn"],
  errors: [...errors, "approval.closed"],
});
export const carryOut = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/approvals/:id/carry-out",
  resource,
  stepUp: true,
  summary: "After the delay: carry out what nobody else was able to approve",
  params: IdParams,
  body: object({ reason: text(300, 1) }),
  reply: Approval,
  records: ["approval.given"],
  errors: [...decided, "approval.too_early"],
});
export const takeReply = endpoint({
  ...self,
  method: "POST",
  path: "/api/v1/approvals/:id/reply",
  resource,
  summary: "What the act answered (a new key, for one): for the requester, once",
  params: IdParams,
  body: object({}),
  reply: object({ reply: Type.Unknown() }),
  unrecorded: "reads what the recorded act answered",
  errors,
});

export const ApprovalPolicy = object({
  /** Acts that need a second person. */
  acts: Type.Array(ActKind, { maxItems: FOUR_EYES_ACTS.length, uniqueItems: true }),
  /** How long a sole able person waits instead. */
  delayHours: Type.Integer({ minimum: 1, maximum: 168 }),
});
export type ApprovalPolicy = Static<typeof ApprovalPolicy>;

export const getApprovalPolicy = endpoint({
  method: "GET",
  path: "/api/v1/approval-policy",
  tag,
  audience: "operator",
  permission: "role.read",
  summary: "Which acts need a second person",
  reply: ApprovalPolicy,
});
export const setApprovalPolicy = endpoint({
  method: "PUT",
  path: "/api/v1/approval-policy",
  tag,
  audience: "operator",
  permission: "role.write",
  stepUp: true,
  fourEyes: "approval_policy",
  summary: "Change which acts need a second person; needs one itself while any act does",
  body: ApprovalPolicy,
  reply: ApprovalPolicy,
  records: ["settings.changed"],
});
