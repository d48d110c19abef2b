import type { UnixMs, Uuid } from "@gatehouse/base";
import type { Alert } from "./alerts/index.ts";
import type { CameraEventKind, CameraState, FoundBox } from "./cameras/index.ts";
import type { Command, DeviceLogEntry, DeviceStatus } from "./devices/index.ts";

/** A sealed message by its sender's key (16 hex digits) and sequence number. */
export interface SealedMark {
  readonly keyId: string;
  readonly sequence: bigint;
}

/** One message of a device after authentication and validation; times in Unix ms. */
export interface Reading {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly typeId: string;
  /** The device's own time when it sent one, else `receivedMs`. */
  readonly tsMs: UnixMs;
  readonly receivedMs: UnixMs;
  readonly numbers: readonly (readonly [metric: string, value: number])[];
  readonly states: readonly (readonly [metric: string, value: boolean | string])[];
  /** The sealed messages it came in (a device's inside its gateway's): recorded as taken in the same transaction. */
  readonly sealed?: readonly SealedMark[];
  /** Kept in the same transaction. */
  readonly original?: SignedOriginal;
}

/** What a meter signed, as it came; kept beside what it says. */
export interface SignedOriginal {
  /** 16 hex digits. */
  readonly keyId: string;
  /** Header 48 ‖ signature 64 ‖ payload. */
  readonly bytes: Uint8Array;
}

/** Everything said on the in-process bus. A publisher never waits for a subscriber; nothing here is the only copy. */
export interface BusMessages {
  /** Committed to the database, in order of commit. */
  "readings.stored": { readonly readings: readonly Reading[] };
  /** Committed too, but kept apart: not history, live values or alerts. */
  "readings.held": { readonly readings: readonly Reading[] };
  "device.quarantined": { tenantId: Uuid; deviceId: Uuid; automatic: boolean; atMs: UnixMs };
  "device.released": { tenantId: Uuid; deviceId: Uuid; atMs: UnixMs };
  "device.connected": { tenantId: Uuid; deviceId: Uuid; via: string; address: string; atMs: UnixMs };
  "device.disconnected": { tenantId: Uuid; deviceId: Uuid; via: string; reason: string; atMs: UnixMs };
  /** A session of the secure channel over a WebSocket is live: the device can be told things. After each reconnect. */
  "device.session_began": { tenantId: Uuid; deviceId: Uuid; atMs: UnixMs };
  "device.status": { tenantId: Uuid; deviceId: Uuid; status: DeviceStatus; atMs: UnixMs };
  /** Inventory: added, changed, removed. */
  "device.changed": { tenantId: Uuid; deviceId: Uuid; change: "added" | "updated" | "removed" };
  /** Another gateway, or none, speaks for these devices; `former` are the gateways that did. */
  "gateway.assigned": {
    tenantId: Uuid;
    deviceIds: readonly Uuid[];
    gatewayId: Uuid | undefined;
    former: readonly Uuid[];
    atMs: UnixMs;
  };
  /** Connections that used these credentials must end within a second; no `credentialIds` = all of the device. */
  "device.credentials_ended": { tenantId: Uuid; deviceId: Uuid; credentialIds?: readonly string[] };
  /** `deviceId` is absent when nobody was authenticated. */
  "message.refused": {
    tenantId?: Uuid;
    deviceId?: Uuid;
    code: string;
    via: string;
    address: string;
    detail?: string;
    /** The message names the device, and anybody could have sent it. */
    unproven?: boolean;
    atMs: UnixMs;
  };
  /** Its settings: what is taken, hidden, recorded. */
  "camera.changed": { tenantId: Uuid; cameraId: Uuid };
  /** It fell silent, came back, floods, was switched off or on. */
  "camera.state": { tenantId: Uuid; cameraId: Uuid; state: CameraState; atMs: UnixMs };
  "device.log": { tenantId: Uuid; deviceId: Uuid; entry: DeviceLogEntry };
  "command.changed": { tenantId: Uuid; command: Command };
  "alert.changed": { tenantId: Uuid; alert: Alert; event: string };
  /** Wrong tries on one account within an hour; its person was told by mail. */
  "session.ended": { tenantId: Uuid; personId: Uuid; sessionId: Uuid };
  "settings.changed": { tenantId: Uuid };
  /** What these people (`all`: everybody of the organisation) may do is decided anew, also on open connections. */
  "access.changed": { tenantId: Uuid; personIds: "all" | readonly Uuid[] };
  /** Its people are out and its devices refused. */
  "tenant.suspended": { tenantId: Uuid };
  "tenant.resumed": { tenantId: Uuid };
  /** Something happened before a camera: once when it began, once with `endMs` when it was over. After its commit. */
  "camera.event": {
    tenantId: Uuid;
    cameraId: Uuid;
    eventId: Uuid;
    kind: CameraEventKind;
    startMs: UnixMs;
    endMs?: UnixMs;
  };
  /** One look at a camera's picture found something. Not kept here: recordings seal it beside the picture. */
  "camera.found": {
    tenantId: Uuid;
    cameraId: Uuid;
    /** Of the picture. */
    takenMs: UnixMs;
    model: string;
    boxes: readonly FoundBox[];
  };
  /** A camera whose pictures stay with its own machine shows the one of an alarm that is due: JPEG of sound form. */
  "camera.shown": {
    tenantId: Uuid;
    cameraId: Uuid;
    takenMs: UnixMs;
    boxes: readonly FoundBox[];
    bytes: Uint8Array;
  };
  /** An event is sure of what it found, and an alert is due. Once an event, after its commit; `alarmMs` of the event says so too. */
  "camera.alarm": { tenantId: Uuid; cameraId: Uuid; eventId: Uuid; atMs: UnixMs };
  /** What people decided about an event, and what they wrote; after its commit. */
  "camera.verdict": { tenantId: Uuid; cameraId: Uuid; eventId: Uuid };
  /** An act waits for a second person, or does not any more. */
  "approval.changed": { tenantId: Uuid; approvalId: Uuid };
}

export type BusSubject = keyof BusMessages;

export interface Bus {
  publish<S extends BusSubject>(subject: S, message: BusMessages[S]): void;
  /** A handler that throws is logged and does not disturb the others. */
  subscribe<S extends BusSubject>(subject: S, handler: (message: BusMessages[S]) => void): () => void;
}
