import type { Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";

export interface KnownDevice {
  readonly tenantId: Uuid;
  readonly typeId: string;
  readonly revoked: boolean;
}

/** What happened to a device's settings; `message` says `code` in English. */
export interface Remark {
  readonly level: "info" | "warn";
  readonly code: devices.LogCode;
  readonly message: string;
  readonly data: object;
}

export interface SettingsDevices {
  /** From memory. */
  find(deviceId: Uuid): KnownDevice | undefined;
  /** A remark in the device's log. */
  note(tenantId: Uuid, deviceId: Uuid, remark: Remark): void;
}

export interface SettingsSigner {
  /** By the server key that the device knows; undefined when the device has no keys to be reached by. */
  sign(
    deviceId: Uuid,
    document: Uint8Array,
  ): { readonly keyId: string; readonly signature: Uint8Array } | undefined;
}

export interface SettingsLine {
  /** A control message in the device's live session; false: it has none. Nothing is kept for later. */
  send(deviceId: Uuid, payload: Uint8Array): boolean;
}
