import { AppError, type ErrorCode, randomCode, type Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { claimOfCode } from "@gatehouse/secure-channel";
import { openSecret, sealSecret } from "../../../platform/secrets/index.ts";
import { GrowingDelay } from "../../../platform/throttle/index.ts";
import { announceChange, type DevicesContext, getActiveRecord, recordOnDevice } from "../context.ts";
import type { CredentialService } from "../credentials/credential-service.ts";
import { lockDevice } from "../credentials/credential-store.ts";
import type { Actor } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";
import { deleteAllClaims, findClaim, putClaim, takeClaim } from "./claim-store.ts";

const ON_SCREEN_MS = 10 * 60_000;
const PRINTED_MS = 24 * 60 * 60_000;
/** Seven groups of four Crockford characters: 140 bits. */
const GROUPS = 7;
const GROUP_SIZE = 4;

/** A claim code is only stored as its hash; 140 random bits need no slow one. */
const hashOf = (code: string): string => toHex(claimOfCode(code).id);
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const sealContext = (deviceId: Uuid): string => `device-claim/${deviceId}`;

/** An open code as the secure channel needs it. */
export interface OpenClaim {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  /** Authenticates what the device and the server say to each other (32 bytes). */
  readonly key: Uint8Array;
}

/** What a device has once its code is used up. */
export interface ClaimedDevice {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly apiKey: string;
}

/**
 * One-time codes with which a device fetches its own API key. The key that was shown when the device was added
 * stays valid beside the claimed one: a person may use either, and the list of credentials shows which one is used.
 */
export class ClaimService {
  readonly #context: DevicesContext;
  readonly #credentials: CredentialService;
  readonly #delay: GrowingDelay;

  constructor(context: DevicesContext, credentials: CredentialService) {
    this.#context = context;
    this.#credentials = credentials;
    this.#delay = new GrowingDelay(context.clock);
  }

  async create({ tenantId, name }: Actor, deviceId: Uuid, printed: boolean): Promise<devices.ClaimCode> {
    const { db, deviceLog } = this.#context;
    getActiveRecord(this.#context, tenantId, deviceId);
    const claim = await db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      const act = { kind: "claim.created", data: { printed } } as const;
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, act);
      return this.put(tx, tenantId, deviceId, printed);
    });
    deviceLog.note({
      tenantId,
      deviceId,
      kind: "credential",
      level: "info",
      code: printed ? "claim_printed" : "claim_made",
      message: printed ? "Claim code for printing made" : "Claim code made",
      data: { by: name },
    });
    return claim;
  }

  /** The same inside the caller's transaction. */
  async put(
    tx: DevicesDatabase,
    tenantId: Uuid,
    deviceId: Uuid,
    printed: boolean,
  ): Promise<devices.ClaimCode> {
    const { clock, random, sealKey } = this.#context;
    const nowMs = clock.nowMs();
    const code = randomCode(random, GROUPS, GROUP_SIZE);
    const claim = claimOfCode(code);
    const expiresMs = nowMs + (printed ? PRINTED_MS : ON_SCREEN_MS);
    const sealedKey = sealSecret(sealKey, claim.key, sealContext(deviceId), random);
    await putClaim(tx, tenantId, { deviceId, codeSha256: toHex(claim.id), sealedKey, nowMs, expiresMs });
    // In the fragment, which browsers send to nobody.
    return { code, expiresMs, url: `${this.#context.publicUrl()}/claim#${code}` };
  }

  /** Unknown, used and expired codes and codes of revoked devices get the same answer after the same work. */
  async exchange(code: string, address: string): Promise<devices.NewApiKey & { readonly name: string }> {
    const waitMs = this.#delay.waitMs(address);
    if (waitMs > 0) {
      this.#publishRefusal("auth.throttled", address);
      throw new AppError("auth.throttled", { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    }
    this.#delay.fail(address);
    const key = await this.#use(hashOf(code), async (tx, tenantId, deviceId) => {
      const shown = await this.#credentials.addKey(tx, tenantId, deviceId);
      const actor = { kind: "device", id: deviceId } as const;
      const act = { kind: "device.enrolled", data: { by: "claim_code", keyId: shown.keyId }, actor } as const;
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, act);
      return { tenantId, shown };
    });
    if (key === undefined) {
      this.#publishRefusal("device.claim_invalid", address);
      throw new AppError("device.claim_invalid");
    }
    this.#delay.succeed(address);
    const { directory, deviceLog } = this.#context;
    const { tenantId, shown } = key;
    const { deviceId, keyId } = shown;
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    deviceLog.note({
      tenantId,
      deviceId,
      kind: "credential",
      level: "info",
      code: "claim_used",
      message: "Claim code exchanged for an API key",
      data: { keyId, address },
    });
    return { ...shown, name: directory.find(deviceId)?.name ?? "" };
  }

  /** The open code of this hash (lower-case hex), without using it up. */
  async findOpen(codeSha256: string): Promise<OpenClaim | undefined> {
    const { db, sealKey } = this.#context;
    const claim = await findClaim(db, codeSha256);
    if (claim === undefined) return undefined;
    const { tenantId, deviceId, sealedKey } = claim;
    return { tenantId, deviceId, key: openSecret(sealKey, sealedKey, sealContext(deviceId)) };
  }

  /** Uses the code up for an API key and whatever `inside` adds in the same transaction; undefined when it does not work. */
  async enrol<T>(
    codeSha256: string,
    inside: (tx: DevicesDatabase, device: ClaimedDevice) => Promise<T>,
  ): Promise<T | undefined> {
    const done = await this.#use(codeSha256, async (tx, tenantId, deviceId) => {
      const { apiKey } = await this.#credentials.addKey(tx, tenantId, deviceId);
      return { tenantId, deviceId, result: await inside(tx, { tenantId, deviceId, apiKey }) };
    });
    if (done === undefined) return undefined;
    const { tenantId, deviceId, result } = done;
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    return result;
  }

  /** After a restore: a code in a backup may have been used since. */
  endAll(): Promise<void> {
    return deleteAllClaims(this.#context.db);
  }

  /** Takes the device's lock before the code, as every other change does. */
  async #use<T>(
    codeSha256: string,
    inside: (tx: DevicesDatabase, tenantId: Uuid, deviceId: Uuid) => Promise<T>,
  ): Promise<T | undefined> {
    const { db, clock } = this.#context;
    return db.transaction().execute(async (tx) => {
      const claim = await findClaim(tx, codeSha256);
      if (claim === undefined) return undefined;
      const { tenantId, deviceId } = claim;
      if (!(await lockDevice(tx, tenantId, deviceId))) return undefined;
      if (!(await takeClaim(tx, codeSha256, clock.nowMs()))) return undefined;
      return inside(tx, tenantId, deviceId);
    });
  }

  #publishRefusal(code: ErrorCode, address: string): void {
    const { bus, clock } = this.#context;
    bus.publish("message.refused", { code, via: "http", address, atMs: clock.nowMs() });
  }
}
