import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, UnixMs, Uuid, Word } from "../schemas.ts";
import { KeyId, SuiteId } from "./keys.ts";

/** A device whose type must use the secure channel and that need not until a date. */
export const PolicyException = object({
  deviceId: Uuid,
  name: Type.String(),
  typeId: Type.String(),
  untilMs: UnixMs,
  reason: Type.String(),
});
export type PolicyException = Static<typeof PolicyException>;

export const ServerKeyState = object({
  suite: SuiteId,
  keyId: KeyId,
  fingerprint: Type.String(),
  state: Type.Union([Type.Literal("current"), Type.Literal("next"), Type.Literal("retired")]),
  notBeforeMs: UnixMs,
  notAfterMs: UnixMs,
});
export type ServerKeyState = Static<typeof ServerKeyState>;

export const ChannelState = object({
  rootFingerprint: Type.String(),
  serverKeys: Type.Array(ServerKeyState),
  revocations: object({ version: Type.Integer(), entries: Type.Integer(), issuedMs: UnixMs }),
  /** The last restore from a backup that was noticed. */
  recovery: Type.Optional(object({ atMs: UnixMs, revoked: Type.Integer() })),
  suites: Type.Array(SuiteId),
  requiredTypes: Type.Array(Type.String()),
  exceptions: Type.Array(PolicyException),
});
export type ChannelState = Static<typeof ChannelState>;

export const getChannel = endpoint({
  method: "GET",
  path: "/api/v1/channel/state",
  tag: "secure channel",
  audience: "operator",
  permission: "settings.read",
  summary: "Trust root, server keys and the policy",
  reply: ChannelState,
});

export const setChannelPolicy = endpoint({
  method: "PUT",
  path: "/api/v1/channel/policy",
  tag: "secure channel",
  audience: "operator",
  permission: "settings.write",
  stepUp: true,
  fourEyes: "channel",
  records: ["channel_policy.changed"],
  summary: "Which suites are taken, and which device types must use the secure channel",
  body: object({
    suites: Type.Array(SuiteId, { minItems: 1, maxItems: 2, uniqueItems: true }),
    requiredTypes: Type.Array(Word, { maxItems: 100, uniqueItems: true }),
  }),
  reply: ChannelState,
  errors: ["device.type_unknown"],
});

export const setPolicyException = endpoint({
  method: "PUT",
  path: "/api/v1/channel/exceptions/:id",
  tag: "secure channel",
  audience: "operator",
  permission: "settings.write",
  resource: { kind: "device", param: "id" },
  stepUp: true,
  fourEyes: "channel",
  records: ["channel_policy.changed"],
  summary: "A device may go on without the secure channel until a date",
  params: IdParams,
  body: object({ untilMs: UnixMs, reason: line(200) }),
  reply: Done,
  errors: ["device.not_found", "request.invalid", "limit.reached"],
});

export const deletePolicyException = endpoint({
  method: "DELETE",
  path: "/api/v1/channel/exceptions/:id",
  tag: "secure channel",
  audience: "operator",
  permission: "settings.write",
  resource: { kind: "device", param: "id" },
  records: ["channel_policy.changed"],
  summary: "The policy holds for the device at once",
  params: IdParams,
  reply: Done,
  errors: ["device.not_found"],
});
