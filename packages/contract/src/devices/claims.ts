import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { IdParams, object, text, UnixMs, Uuid } from "../schemas.ts";

export const ClaimCode = object({
  code: Type.String(),
  expiresMs: UnixMs,
  url: Type.String({ description: "What the QR code holds" }),
});
export type ClaimCode = Static<typeof ClaimCode>;

export const createClaimCode = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/claim-code",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  records: ["claim.created"],
  summary: "New one-time claim code; earlier ones end",
  params: IdParams,
  body: object({ printed: Type.Optional(Type.Boolean({ description: "24 h instead of 10 min" })) }),
  reply: ClaimCode,
  status: 201,
  errors: ["device.not_found", "device.revoked"],
});
export const claimDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/claim",
  tag: "device side",
  audience: "public",
  perMinute: 30,
  records: ["device.enrolled"],
  summary: "Exchange a claim code for the device's API key",
  body: object({ code: Type.String({ minLength: 1, maxLength: 64 }) }),
  reply: object({
    deviceId: Uuid,
    name: Type.String(),
    apiKey: Type.String(),
    fingerprint: Type.String(),
    topics: object({ telemetry: Type.String(), commands: Type.String() }),
  }),
  status: 201,
  errors: ["device.claim_invalid", "auth.throttled"],
});
/** Seed 001's name for the same act: answers API key and security tag. */
export const registerDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/register",
  tag: "device side",
  audience: "public",
  perMinute: 30,
  records: ["device.enrolled"],
  summary: "Alias of the claim for IoT-DSMS clients",
  body: object({
    claim_code: Type.String({ minLength: 1, maxLength: 64 }),
    name: Type.Optional(text(120)),
    type: Type.Optional(text(60)),
  }),
  reply: object({ device_id: Uuid, api_key: Type.String(), security_tag: Type.String() }),
  status: 201,
  errors: ["device.claim_invalid", "auth.throttled"],
});
