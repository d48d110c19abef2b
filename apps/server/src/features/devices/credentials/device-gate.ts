import { AppError, type Clock, type Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { FastifyRequest } from "fastify";
import type { DeviceGate } from "../../../platform/http/principal.ts";
import type { DeviceRecord } from "../model.ts";
import type { DeviceAuthenticator } from "./authenticator.ts";
import { FailureThrottle } from "./failure-throttle.ts";

/** Longer than any key or token with a name in front. */
const MAX_HEADER_LENGTH = 512;
const RETRY_AFTER_SECONDS = 2;

export interface DeviceGateDeps {
  readonly authenticator: DeviceAuthenticator;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Told of every request that was let in. */
  heard(deviceId: Uuid, address: string): void;
  /** Somebody gave a device's name or key id and proved nothing. */
  unproven(device: DeviceRecord, detail: string): void;
}

/**
 * HTTP: `Authorization: Bearer <API key>`, `X-API-Key: <API key>`, or Basic with device name or id (or nothing) and
 * API key for clients that know nothing else. Right credentials always pass; after too many wrong ones an address is
 * told to wait, so a misconfigured device does not lock out its neighbours behind the same address.
 */
export function createDeviceGate({ authenticator, bus, clock, heard, unproven }: DeviceGateDeps): DeviceGate {
  const throttle = new FailureThrottle(clock);
  return {
    async authenticate(request) {
      const address = request.ip;
      const verdict = authenticator.login(credentialsOf(request));
      if ("identity" in verdict) {
        const { tenantId, deviceId, credentialId, typeId } = verdict.identity;
        heard(deviceId, address);
        return { kind: "device", tenantId, deviceId, credentialId, typeId };
      }
      const { refused: code, detail, device, named } = verdict;
      if (named !== undefined) unproven(named, detail);
      const owner = device === undefined ? {} : { tenantId: device.tenantId, deviceId: device.deviceId };
      bus.publish("message.refused", { ...owner, code, via: "http", address, detail, atMs: clock.nowMs() });
      if (throttle.fail(address))
        throw new AppError("auth.throttled", { retryAfterSeconds: RETRY_AFTER_SECONDS });
      if (code === "device.revoked") throw new AppError(code);
      return undefined;
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
