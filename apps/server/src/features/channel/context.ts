import { AppError, type Clock, type Logger, type Random, type Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditEvent, AuditTrail } from "../../platform/audit/index.ts";
import type { Controls } from "../../platform/controls.ts";
import type { DeviceInventory, KnownDevice } from "./ports.ts";
import type { ChannelDatabase } from "./tables.ts";

/** What the services of this slice share. */
export interface ChannelContext {
  readonly db: ChannelDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly log: Logger;
  readonly devices: DeviceInventory;
  readonly controls: Controls;
  readonly audit: AuditTrail;
}

export type Actor = { readonly tenantId: Uuid; readonly name: string };

/** In the transaction of what is done to a device. */
export function recordOnDevice(
  { audit }: ChannelContext,
  tx: ChannelDatabase,
  { tenantId, deviceId }: { readonly tenantId: Uuid; readonly deviceId: Uuid },
  act: Pick<AuditEvent, "kind" | "data" | "personal" | "actor">,
): Promise<void> {
  return audit.record(tx, { ...act, tenantId, subject: { kind: "device", id: deviceId } });
}

/** The device when it is this tenant's; another tenant's is not found either. */
export function getDevice({ devices }: ChannelContext, tenantId: Uuid, deviceId: Uuid): KnownDevice {
  const device = devices.find(deviceId);
  if (device?.tenantId !== tenantId) throw new AppError("device.not_found");
  return device;
}

export const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
export const fromBase64url = (text: string): Uint8Array => Buffer.from(text, "base64url");
