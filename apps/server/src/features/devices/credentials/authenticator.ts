import type { Clock, UnixMs, Uuid } from "@gatehouse/base";
import type { Controls } from "../../../platform/controls.ts";
import {
  matchesApiKey,
  openSecret,
  parseApiKey,
  parseDeviceToken,
  verifyDeviceToken,
} from "../../../platform/secrets/index.ts";
import type { DeviceDirectory } from "../directory/directory.ts";
import type { CredentialRecord, DeviceIdentity, DeviceRecord } from "../model.ts";

/** What a client shows, on any transport. */
export interface LoginAttempt {
  /** Device id or name, or nothing; or the API key itself when there is no password (ThingsBoard's access token). */
  readonly username?: string | undefined;
  /** API key or HMAC token. */
  readonly password?: string | undefined;
  /** MQTT client id: an HMAC token is bound to it. */
  readonly clientId?: string | undefined;
  /** Client certificate that TLS has verified against our authority alone. */
  readonly certificate?: { readonly deviceId: Uuid; readonly serialNumber: string } | undefined;
}

export type LoginVerdict =
  | { readonly identity: DeviceIdentity }
  | {
      readonly refused: "device.credentials_invalid" | "device.revoked";
      readonly detail: string;
      /** Whose secret was shown; absent when none was. */
      readonly device?: DeviceRecord | undefined;
      /** In whose name, when nothing was shown that proves it: anybody can write a name. */
      readonly named?: DeviceRecord | undefined;
    };

/** A credential whose secret was shown, or why not. */
type Proof =
  | { readonly credential: CredentialRecord; readonly kind: DeviceIdentity["credentialKind"] }
  | { readonly wrong: string };

export interface AuthenticatorDeps {
  readonly directory: DeviceDirectory;
  readonly clock: Clock;
  readonly sealKey: Uint8Array;
  readonly controls: Pick<Controls, "deviceSecret" | "tokenExpiry" | "tokenBinding">;
  used(credentialId: Uuid, atMs: UnixMs): void;
}

export const sealContext = (credentialId: Uuid): string => `device-credential/${credentialId}`;

/**
 * Decides who a client is, from memory and with one hash or HMAC: a storm of reconnects costs microseconds each.
 * Says nothing to anybody: the transport that asked publishes the refusal.
 */
export class DeviceAuthenticator {
  readonly #deps: AuthenticatorDeps;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
  }

  login(attempt: LoginAttempt): LoginVerdict {
    const nowMs = this.#deps.clock.nowMs();
    const proof = this.#prove(attempt, nowMs);
    if ("wrong" in proof) return { ...refuse(proof.wrong), named: this.#named(attempt) };
    const { credential, kind } = proof;
    const device = this.#deps.directory.find(credential.deviceId);
    if (device === undefined) return refuse("unknown device");
    if (device.revoked) return { refused: "device.revoked", detail: "revoked", device };
    const ended = endOf(credential, nowMs);
    if (ended !== undefined) return refuse(ended, device);
    const { deviceId, tenantId, name, typeId, grants } = device;
    if (!isOwnName(attempt, deviceId, name)) return refuse("username of another device", device);
    this.#deps.used(credential.credentialId, nowMs);
    const { credentialId } = credential;
    return { identity: { tenantId, deviceId, name, typeId, grants, credentialId, credentialKind: kind } };
  }

  /** By the id of a key, else by a user name that a single organisation knows. */
  #named(attempt: LoginAttempt): DeviceRecord | undefined {
    const { directory } = this.#deps;
    const secret = secretOf(attempt) ?? "";
    const keyId = (parseApiKey(secret) ?? parseDeviceToken(secret))?.keyId;
    const owner = keyId === undefined ? undefined : directory.findKey(keyId)?.deviceId;
    if (owner !== undefined) return directory.find(owner);
    const { username } = attempt;
    if (username === undefined || username === "") return undefined;
    let found: Uuid | undefined;
    for (const tenantId of directory.tenants()) {
      const deviceId = directory.resolveName(tenantId, username);
      if (deviceId !== undefined && found !== undefined) return undefined;
      found ??= deviceId;
    }
    return found === undefined ? undefined : directory.find(found);
  }

  /** Password before certificate: a client that shows both means the password. */
  #prove(attempt: LoginAttempt, nowMs: UnixMs): Proof {
    const secret = secretOf(attempt);
    if (secret !== undefined)
      return secret.startsWith("v1.") ? this.#proveToken(attempt, secret, nowMs) : this.#proveKey(secret);
    if (attempt.certificate === undefined) return { wrong: "none" };
    const { deviceId, serialNumber } = attempt.certificate;
    const credential = this.#deps.directory.findCertificate(serialNumber.toLowerCase());
    return credential?.deviceId === deviceId
      ? { credential, kind: "certificate" }
      : { wrong: "unknown certificate" };
  }

  #proveKey(text: string): Proof {
    const parsed = parseApiKey(text);
    if (parsed === undefined) return { wrong: "not an API key" };
    const credential = this.#deps.directory.findKey(parsed.keyId);
    if (credential === undefined) return { wrong: "unknown key" };
    const isRight = matchesApiKey(text, credential.sha256) || !this.#deps.controls.deviceSecret;
    return isRight ? { credential, kind: "api_key" } : { wrong: "wrong key" };
  }

  #proveToken({ clientId, username }: LoginAttempt, text: string, nowMs: UnixMs): Proof {
    const token = parseDeviceToken(text);
    if (token === undefined) return { wrong: "not a token" };
    const credential = this.#deps.directory.findKey(token.keyId);
    if (credential?.sealed === undefined) return { wrong: "unknown key" };
    const apiKey = openSecret(this.#deps.sealKey, credential.sealed, sealContext(credential.credentialId));
    // Unbound, a token would be its device's, whichever client shows it.
    const madeFor = this.#deps.controls.tokenBinding ? clientId : username;
    const expected = { apiKey: Buffer.from(apiKey).toString(), clientId: madeFor ?? "", nowMs };
    const verdict = verifyDeviceToken(token, expected);
    const isOver = verdict === "expired" && this.#deps.controls.tokenExpiry;
    if (verdict === "valid" || (verdict === "expired" && !isOver)) return { credential, kind: "hmac_token" };
    return { wrong: `token ${verdict}` };
  }
}

const refuse = (detail: string, device?: DeviceRecord): LoginVerdict => ({
  refused: "device.credentials_invalid",
  detail,
  device,
});

function secretOf({ username, password }: LoginAttempt): string | undefined {
  if (password !== undefined && password !== "") return password;
  return username?.startsWith("gh_") ? username : undefined;
}

function endOf(credential: CredentialRecord, nowMs: UnixMs): string | undefined {
  if (credential.revoked) return "revoked";
  return credential.expiresMs !== undefined && credential.expiresMs <= nowMs ? "expired" : undefined;
}

function isOwnName({ username }: LoginAttempt, deviceId: Uuid, name: string): boolean {
  if (username === undefined || username === "" || username.startsWith("gh_")) return true;
  return username.toLowerCase() === deviceId || username.toLowerCase() === name.toLowerCase();
}
