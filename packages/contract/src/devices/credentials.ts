import { type Static, Type } from "typebox";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, object, UnixMs, Uuid } from "../schemas.ts";
import { Device } from "./device.ts";

export const Credential = object({
  id: Uuid,
  kind: Type.Union([Type.Literal("api_key"), Type.Literal("certificate")]),
  /** Public part: the key id, or the certificate's serial. */
  publicId: Type.String(),
  fingerprint: Type.String({ description: "Security tag: first 16 bytes of SHA-256, hex in groups" }),
  createdMs: UnixMs,
  lastUsedMs: Type.Optional(UnixMs),
  expiresMs: Type.Optional(UnixMs),
  revokedMs: Type.Optional(UnixMs),
});
export type Credential = Static<typeof Credential>;

/** Shown once: the server keeps only what it needs to check it. */
export const NewApiKey = object({
  deviceId: Uuid,
  keyId: Type.String(),
  apiKey: Type.String(),
  fingerprint: Type.String(),
});
export type NewApiKey = Static<typeof NewApiKey>;

export const revokeDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/revoke",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  records: ["device.revoked"],
  summary: "Revoke every credential; connections drop within a second",
  params: IdParams,
  reply: Device,
  errors: ["device.not_found"],
});
export const reinstateDevice = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/reinstate",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  stepUp: true,
  fourEyes: "device_credentials",
  records: ["device.reinstated"],
  summary: "Undo a revocation: the device gets a new API key",
  params: IdParams,
  reply: NewApiKey,
  errors: ["device.not_found"],
});
export const listCredentials = endpoint({
  method: "GET",
  path: "/api/v1/devices/:id/credentials",
  tag: "devices",
  audience: "operator",
  permission: "device.read",
  resource: { kind: "device", param: "id" },
  summary: "API keys and certificates, without secrets",
  params: IdParams,
  reply: object({ items: Type.Array(Credential), topics: Type.Array(Type.String()) }),
  errors: ["device.not_found"],
});
export const rotateKey = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/keys",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  stepUp: true,
  fourEyes: "device_credentials",
  records: ["credential.created"],
  summary: "New API key; the old ones end now or after an overlap",
  params: IdParams,
  body: object({ overlapSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 604_800 })) }),
  reply: NewApiKey,
  status: 201,
  errors: ["device.not_found", "device.revoked"],
});
export const revokeCredential = endpoint({
  method: "DELETE",
  path: "/api/v1/devices/:id/credentials/:credentialId",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  records: ["credential.revoked"],
  summary: "Revoke one credential",
  params: object({ id: Uuid, credentialId: Uuid }),
  reply: Done,
  errors: ["device.not_found"],
});
export const issueCertificate = endpoint({
  method: "POST",
  path: "/api/v1/devices/:id/certificate",
  tag: "devices",
  audience: "operator",
  permission: "device.credentials",
  resource: { kind: "device", param: "id" },
  stepUp: true,
  fourEyes: "device_credentials",
  records: ["credential.created"],
  summary: "Client certificate for mutual TLS from a certificate request (PEM, PKCS#10)",
  params: IdParams,
  body: object({
    csrPem: Type.String({ minLength: 64, maxLength: 8192 }),
    validDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 825 })),
  }),
  reply: object({ certificatePem: Type.String(), caPem: Type.String(), credential: Credential }),
  status: 201,
  errors: ["device.not_found", "device.revoked", "request.invalid"],
});
