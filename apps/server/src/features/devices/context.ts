import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import { AppError } from "@gatehouse/base";
import type { Bus, BusMessages } from "@gatehouse/contract";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import type { DeviceLog } from "./device-log/device-log.ts";
import type { DeviceDirectory } from "./directory/directory.ts";
import type { DeviceRecord } from "./model.ts";
import type { Revocations } from "./ports.ts";
import type { PresenceBoard } from "./presence/presence.ts";
import type { DevicesDatabase } from "./tables.ts";

/** What the services of this slice share. */
export interface DevicesContext {
  readonly db: DevicesDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly log: Logger;
  /** Seals API keys at rest. */
  readonly sealKey: Uint8Array;
  readonly directory: DeviceDirectory;
  readonly presence: PresenceBoard;
  readonly deviceLog: DeviceLog;
  readonly revocations: Revocations;
  readonly audit: AuditTrail;
  /** Messages `device.changed` that this process published itself, after it had read the change. */
  readonly announced: WeakSet<object>;
  /** Where people and devices reach this installation, without a slash at the end. */
  publicUrl(): string;
}

/** The device when it is this tenant's; another tenant's is not found either. */
export function getRecord(context: DevicesContext, tenantId: Uuid, deviceId: Uuid): DeviceRecord {
  const record = context.directory.find(deviceId);
  if (record?.tenantId !== tenantId) throw new AppError("device.not_found");
  return record;
}

export function getActiveRecord(context: DevicesContext, tenantId: Uuid, deviceId: Uuid): DeviceRecord {
  const record = getRecord(context, tenantId, deviceId);
  if (record.revoked) throw new AppError("device.revoked");
  return record;
}

/** In the transaction of what is done to a device. */
export function recordOnDevice(
  { audit }: DevicesContext,
  tx: DevicesDatabase,
  { tenantId, deviceId }: { readonly tenantId: Uuid; readonly deviceId: Uuid },
  act: Pick<AuditEvent, "kind" | "data" | "actor">,
): Promise<void> {
  return audit.record(tx, { ...act, tenantId, subject: { kind: "device", id: deviceId } });
}

/** After the commit: memory first, so that nothing is decided by the old state once the caller is answered. */
export async function announceChange(
  context: DevicesContext,
  message: BusMessages["device.changed"],
): Promise<void> {
  await context.directory.reload(message.deviceId);
  context.announced.add(message);
  context.bus.publish("device.changed", message);
}
