import { AppError } from "@gatehouse/base";
import type { FastifyRequest } from "fastify";
import type { DeviceGate } from "../../../platform/http/principal.ts";
import type { DeviceAuthenticator } from "./authenticator.ts";

/** Longer than any key or token with a name in front. */
const MAX_HEADER_LENGTH = 512;
const MAX_RETRY_SECONDS = 2;

/**
 * HTTP: `Authorization: Bearer <API key>`, `X-API-Key: <API key>`, or Basic with device name or id (or nothing) and
 * API key for clients that know nothing else. `heard` is told of every request that was let in.
 */
export function createDeviceGate(
  authenticator: DeviceAuthenticator,
  heard: (deviceId: string, address: string) => void,
): DeviceGate {
  return {
    async authenticate(request) {
      const address = request.ip;
      const verdict = authenticator.login({ ...credentialsOf(request), via: "http", address });
      if ("refused" in verdict) {
        if (verdict.throttled) throw new AppError("auth.throttled", { retryAfterSeconds: MAX_RETRY_SECONDS });
        if (verdict.refused === "device.credentials_invalid") return undefined;
        throw new AppError(verdict.refused);
      }
      const { tenantId, deviceId, credentialId, typeId } = verdict.identity;
      heard(deviceId, address);
      return { kind: "device", tenantId, deviceId, credentialId, typeId };
    },
  };
}

function credentialsOf({ headers }: FastifyRequest): { username?: string; password?: string } {
  const key = headers["x-api-key"];
  if (typeof key === "string") return { password: key.slice(0, MAX_HEADER_LENGTH) };
  const [scheme, value] = (headers.authorization ?? "").slice(0, MAX_HEADER_LENGTH).split(" ", 2);
  if (value === undefined) return {};
  if (scheme?.toLowerCase() === "bearer") return { password: value };
  if (scheme?.toLowerCase() !== "basic") return {};
  const text = Buffer.from(value, "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? {} : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
