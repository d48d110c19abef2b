import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, line, object, UnixMs, Uuid } from "../schemas.ts";
import { KeyId, SuiteId } from "./keys.ts";

export const BundleState = Type.Union([
  Type.Literal("active"),
  Type.Literal("overlap"),
  Type.Literal("revoked"),
]);
export type BundleState = Static<typeof BundleState>;

/** A device's public keys, as people see them. */
export const DeviceKeyBundle = object({
  keyId: KeyId,
  suite: SuiteId,
  agreementFingerprint: Type.String({ description: "First 16 bytes of SHA-256, hex in groups" }),
  signingFingerprint: Type.String({ description: "First 16 bytes of SHA-256, hex in groups" }),
  state: BundleState,
  origin: Type.Union([Type.Literal("claim"), Type.Literal("group"), Type.Literal("rotation")]),
  createdMs: UnixMs,
  firstUsedMs: Type.Optional(UnixMs),
  lastUsedMs: Type.Optional(UnixMs),
  /** Of an overlap: until when the old key is taken. */
  validUntilMs: Type.Optional(UnixMs),
  revokedMs: Type.Optional(UnixMs),
  software: Type.Optional(Type.String()),
});
export type DeviceKeyBundle = Static<typeof DeviceKeyBundle>;

export const DeviceSecurity = object({
  keys: Type.Array(DeviceKeyBundle),
  /** Of the newest enrolment: what the device shows too. */
  enrolment: Type.Optional(
    object({ atMs: UnixMs, words: Type.Array(Type.String()), address: Type.String() }),
  ),
  lastHandshakeMs: Type.Optional(UnixMs),
  pin: Type.Optional(object({ suite: SuiteId, sinceMs: UnixMs })),
  policy: object({
    suites: Type.Array(SuiteId),
    /** The device's type must use the secure channel. */
    required: Type.Boolean(),
    exemptUntilMs: Type.Optional(UnixMs),
  }),
});
export type DeviceSecurity = Static<typeof DeviceSecurity>;

export const getDeviceSecurity = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/security",
  tag: "secure channel",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "A device's channel keys, pin and policy",
  params: IdParams,
  reply: DeviceSecurity,
  errors: ["device.not_found"],
});

const KeyParams = object({ id: Uuid, keyId: KeyId });

export const endDeviceKey = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/security/keys/:keyId/end",
  tag: "secure channel",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  records: ["credential.revoked"],
  summary: "End an old key before its overlap is over",
  params: KeyParams,
  reply: DeviceSecurity,
  errors: ["device.not_found", "channel.key_not_found"],
});

export const revokeDeviceKey = endpoint({
  method: "DELETE",
  path: "/api/v1/devices/:id/security/keys/:keyId",
  tag: "secure channel",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  records: ["credential.revoked"],
  summary: "Revoke a channel key; its sessions end within a second",
  params: KeyParams,
  reply: DeviceSecurity,
  errors: ["device.not_found", "channel.key_not_found"],
});

export const resetSuitePin = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/security/reset-pin",
  tag: "secure channel",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  stepUp: true,
  fourEyes: "device_credentials",
  records: ["device.pin_reset"],
  summary: "Let a device use a lower suite again; the reason is kept in its log",
  params: IdParams,
  body: object({ reason: line(200) }),
  reply: Done,
  errors: ["device.not_found"],
});
