import { AppError, type Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import { deleteClaim } from "../claims/claim-store.ts";
import type { CommandService } from "../commands/command-service.ts";
import { announceChange, type DevicesContext, getRecord, recordOnDevice } from "../context.ts";
import { setDeviceRevoked } from "../inventory/device-store.ts";
import type { Actor } from "../model.ts";
import { type CredentialService, recordEnded } from "./credential-service.ts";
import { lockDevice, revokeCredentialRows } from "./credential-store.ts";

/** Shuts a device out with everything that could let it in again, and lets it back with a fresh key. */
export class RevocationService {
  readonly #context: DevicesContext;
  readonly #credentials: CredentialService;
  readonly #commands: CommandService;

  constructor(context: DevicesContext, credentials: CredentialService, commands: CommandService) {
    this.#context = context;
    this.#credentials = credentials;
    this.#commands = commands;
  }

  async revoke({ tenantId, name }: Actor, deviceId: Uuid): Promise<void> {
    const { db, clock, bus } = this.#context;
    getRecord(this.#context, tenantId, deviceId);
    await db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      const nowMs = clock.nowMs();
      await setDeviceRevoked(tx, tenantId, deviceId, nowMs);
      const ended = await revokeCredentialRows(tx, tenantId, deviceId, nowMs);
      await recordEnded(this.#context, tx, ended, nowMs);
      await this.#context.revocations.endChannelKeys(tx, tenantId, deviceId);
      await deleteClaim(tx, tenantId, deviceId);
      const act = { kind: "device.revoked", data: { credentials: ended.length } } as const;
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, act);
    });
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    bus.publish("device.credentials_ended", { tenantId, deviceId });
    await this.#commands.failOpen(deviceId, "device revoked");
    this.#note(tenantId, deviceId, "device_revoked", name);
  }

  /** A device that is not revoked just gets one more key. */
  async reinstate({ tenantId, name }: Actor, deviceId: Uuid): Promise<devices.NewApiKey> {
    const { db } = this.#context;
    getRecord(this.#context, tenantId, deviceId);
    const key = await db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      await setDeviceRevoked(tx, tenantId, deviceId, undefined);
      const added = await this.#credentials.addKey(tx, tenantId, deviceId);
      const act = { kind: "device.reinstated", data: { keyId: added.keyId } } as const;
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, act);
      return added;
    });
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    this.#note(tenantId, deviceId, "device_reinstated", name);
    return key;
  }

  #note(tenantId: Uuid, deviceId: Uuid, code: "device_revoked" | "device_reinstated", by: string): void {
    this.#context.deviceLog.note({
      tenantId,
      deviceId,
      kind: "credential",
      level: "warn",
      code,
      message: code === "device_revoked" ? "Device revoked" : "Device reinstated",
      data: { by },
    });
  }
}
