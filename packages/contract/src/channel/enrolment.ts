import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, Tag, UnixMs, Uuid, Word } from "../schemas.ts";
import { base64url, KeyId, ServerKeySet, SuiteId } from "./keys.ts";

const ClaimId = Type.String({ pattern: "^[0-9a-f]{64}$", description: "Claim id, lower-case hex" });

/** Which group a device of a batch belongs to, and who it is in it. */
const GroupMember = object({
  id: Uuid,
  registrationId: Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" }),
});

export const enrolChallenge = endpoint({
  method: "POST",
  path: "/api/v1/enrol/challenge",
  tag: "device side",
  audience: "public",
  perMinute: 600,
  unrecorded: "a number used once; what comes of it is recorded",
  summary: "A nonce to prove keys on; the same answer for every claim id",
  body: object({
    claimId: ClaimId,
    suite: Type.Optional(SuiteId),
    group: Type.Optional(GroupMember),
  }),
  reply: object({
    nonce: base64url(64),
    server: object({ suite: SuiteId, keyId: KeyId, agreementKey: base64url(65) }),
    root: base64url(32),
    suites: Type.Array(SuiteId),
  }),
  errors: ["auth.throttled", "channel.suite_refused"],
});

export const EnrolRequest = object({
  claimId: ClaimId,
  group: Type.Optional(GroupMember),
  nonce: base64url(64),
  suite: SuiteId,
  agreementKey: base64url(65),
  signingKey: base64url(65),
  proof: object({ signature: base64url(64), agreement: base64url(32) }),
  mac: base64url(32),
  software: Type.Optional(object({ name: line(60), version: line(40) })),
});
export type EnrolRequest = Static<typeof EnrolRequest>;

export const enrol = endpoint({
  method: "POST",
  path: "/api/v1/enrol",
  tag: "device side",
  audience: "public",
  perMinute: 600,
  records: ["device.enrolled"],
  summary: "Enrol a device's own keys with a claim code or a batch key",
  body: EnrolRequest,
  reply: object({
    enrolment: Type.String({ description: "UTF-8 JSON, base64url: an `Enrolment`" }),
    mac: base64url(32),
    words: Type.Array(Type.String(), { minItems: 4, maxItems: 4 }),
  }),
  status: 201,
  errors: ["device.claim_invalid", "channel.suite_refused", "auth.throttled", "limit.reached"],
});

/** What the server tells a device at its enrolment, under the claim's MAC. */
export const Enrolment = object({
  deviceId: Uuid,
  name: Type.String(),
  typeId: Type.String(),
  keyId: KeyId,
  suite: SuiteId,
  serverTimeMs: UnixMs,
  server: ServerKeySet,
  root: base64url(32),
  /** Under the claim: TLS is not verified yet. `openApiKey` of the secure channel reads it. */
  sealedApiKey: Type.String(),
  topics: object({ up: Type.String(), down: Type.String() }),
  caPem: Type.Optional(Type.String({ description: "Our own certificate authority, when TLS uses it" })),
});
export type Enrolment = Static<typeof Enrolment>;

export const EnrolmentGroup = object({
  id: Uuid,
  name: Type.String(),
  typeId: Type.String(),
  siteId: Uuid,
  tags: Type.Array(Type.String()),
  maxDevices: Type.Integer(),
  enrolled: Type.Integer(),
  replaceKeys: Type.Boolean(),
  createdMs: UnixMs,
  expiresMs: UnixMs,
  closedMs: Type.Optional(UnixMs),
  byName: Type.String(),
});
export type EnrolmentGroup = Static<typeof EnrolmentGroup>;

export const listEnrolmentGroups = endpoint({
  method: "GET",
  path: "/api/v1/enrolment-groups",
  tag: "secure channel",
  audience: "operator",
  permission: "settings.read",
  partial: true,
  summary: "Batches of devices that enrol with one key, newest first",
  reply: object({ items: Type.Array(EnrolmentGroup) }),
});

export const createEnrolmentGroup = endpoint({
  method: "POST",
  path: "/api/v1/enrolment-groups",
  tag: "secure channel",
  audience: "operator",
  permission: "device.credentials",
  partial: true,
  stepUp: true,
  fourEyes: "device_credentials",
  records: ["enrolment_group.created"],
  summary: "A batch key for many devices of one type and site; shown once",
  body: object({
    name: line(80),
    typeId: Word,
    siteId: Uuid,
    tags: Type.Optional(Type.Array(Tag, { maxItems: 20, uniqueItems: true })),
    maxDevices: Type.Integer({ minimum: 1, maximum: 100_000 }),
    expiresMs: UnixMs,
    replaceKeys: Type.Optional(
      Type.Boolean({ description: "A registration id that enrols again gets new keys instead of a refusal" }),
    ),
  }),
  reply: object({ group: EnrolmentGroup, key: base64url(32) }),
  status: 201,
  errors: ["site.not_found", "device.type_unknown", "limit.reached", "request.invalid"],
});

export const closeEnrolmentGroup = endpoint({
  method: "POST",
  path: "/api/v1/enrolment-groups/:id/close",
  tag: "secure channel",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "enrolment_group", param: "id" },
  records: ["enrolment_group.closed"],
  summary: "No further device enrols with the group's key; those it has stay",
  params: IdParams,
  reply: Done,
  errors: ["channel.group_not_found"],
});
