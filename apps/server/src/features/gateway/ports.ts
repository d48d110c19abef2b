import type { AppError, ErrorCode, UnixMs, Uuid } from "@gatehouse/base";
import type { devices, operations, Reading, SealedMark, SignedOriginal } from "@gatehouse/contract";

/** A topic filter that a device may use beyond its own topics, inside its tenant. */
export interface TopicGrant {
  readonly pattern: string;
  readonly publish: boolean;
  readonly subscribe: boolean;
}

/** Who a connection speaks for. */
export interface DeviceIdentity {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  readonly typeId: string;
  readonly credentialId: Uuid;
  readonly credentialKind: "api_key" | "hmac_token" | "certificate";
  readonly grants?: readonly TopicGrant[];
  /** May announce further devices with Home Assistant discovery (a Zigbee2MQTT or ESPHome bridge). */
  readonly discovery?: boolean;
}

/** What a client shows at CONNECT; the certificate is one of ours, verified by TLS. */
export interface DeviceClaim {
  readonly username?: string;
  readonly password?: string;
  readonly clientId?: string;
  /** Serial number in lower-case hex. */
  readonly certificate?: { readonly deviceId: Uuid; readonly serialNumber: string };
  readonly via: string;
  readonly address: string;
}

export interface DeviceAuthenticator {
  /** Undefined when the credentials are wrong; throws `device.revoked`. */
  authenticate(claim: DeviceClaim): Promise<DeviceIdentity | undefined>;
  /** The device as it is now (name, type, grants), undefined when it is gone or revoked. For wills and renames. */
  find(deviceId: Uuid): Promise<Omit<DeviceIdentity, "credentialId" | "credentialKind"> | undefined>;
}

export interface ReadingSink {
  /**
   * Takes a reading and calls `done` after it is committed, or with why it is not kept. False: no room,
   * nothing taken, `done` is never called.
   */
  submit(reading: Reading, done: (error?: AppError) => void): boolean;
}

export interface DeviceLogLine {
  readonly tsMs: UnixMs;
  readonly kind: "log" | "event";
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly data?: unknown;
}

export interface DeviceLogSink {
  /** Resolves after the lines are committed, in one transaction with the marks of the message they came in. */
  append(
    device: { tenantId: Uuid; deviceId: Uuid },
    lines: readonly DeviceLogLine[],
    marks?: readonly SealedMark[],
  ): Promise<void>;
}

export interface CommandSource {
  /** Commands that are still to be delivered and not expired, oldest first. */
  pending(deviceId: Uuid): Promise<readonly devices.Command[]>;
  delivered(commandId: Uuid): Promise<void>;
  /** The device's answer. Ignored when the command is unknown, another device's or ended. */
  answered(deviceId: Uuid, commandId: string, ok: boolean, reason: string | undefined): Promise<void>;
}

/** One entity of an announced device. */
export interface AnnouncedMetric {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly kind: "number" | "boolean" | "text";
  readonly decimals?: number;
}

export interface Announcement {
  /** Stable within the announcing device: the identifier of Home Assistant's device block. */
  readonly discoveryId: string;
  readonly name: string;
  readonly metric: AnnouncedMetric;
}

export interface Discovery {
  /** Adds the device where it is new, and the metric to it. Throws `limit.reached`. */
  announce(by: DeviceIdentity, announcement: Announcement): Promise<AnnouncedDevice>;
}

export interface AnnouncedDevice {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly typeId: string;
  readonly name: string;
}

export interface GatewaySettings {
  get(tenantId: Uuid): Pick<operations.SiteSettings, "maxTimestampPastDays" | "acceptDiscovery">;
}

/** A message of the secure channel that is authentic, fresh and timely; what it says is not yet looked at. */
export interface OpenedMessage {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  /** The key bundle it is authentic under. */
  readonly senderKeyId: string;
  /** Content type of docs/channel.md; 0 says nothing. */
  readonly contentType: number;
  readonly payload: Uint8Array;
  /** What its sender signed: header 48 ‖ signature 64 ‖ payload. Absent for what came in a session. */
  readonly signed?: Uint8Array;
  /** To be written in the transaction of its effect. */
  readonly marks: readonly SealedMark[];
  /** Called once: whether its effect is committed. */
  settle(isStored: boolean): void;
}

export type ChannelReceived =
  | {
      readonly kind: "answer";
      readonly tenantId: Uuid;
      readonly deviceId: Uuid;
      readonly frame: Uint8Array;
    }
  | { readonly kind: "message"; readonly message: OpenedMessage }
  | {
      readonly kind: "duplicate";
      readonly tenantId: Uuid;
      readonly deviceId: Uuid;
      readonly isStored: true | Promise<boolean>;
    }
  | {
      readonly kind: "refused";
      /** The device that it names. */
      readonly tenantId: Uuid;
      readonly deviceId: Uuid;
      /** That the device said it just now; otherwise anybody could have sent it. */
      readonly isProven: boolean;
      /** Why; never told to the sender. */
      readonly code: ErrorCode;
    };

/** The secure channel over one connection. */
export interface ChannelLink {
  /** Throws `envelope.refused` for a frame that names nobody. */
  receive(frame: Uint8Array): ChannelReceived;
  /** Undefined when the device has no live session here. */
  seal(
    deviceId: Uuid,
    content: "command" | "keys" | "ack" | "control",
    payload: Uint8Array,
  ): Uint8Array | undefined;
  hasSession(deviceId: Uuid): boolean;
  end(): void;
}

/** What devices say of the settings they have from the server. */
export interface DeviceSettingsDesk {
  /** A report of content type 10; resolves after it is committed, with why it is not taken otherwise. */
  reported(
    device: Pick<DeviceIdentity, "tenantId" | "deviceId">,
    report: unknown,
  ): Promise<ErrorCode | undefined>;
}

/** What machines say that cosign our log. */
export interface DeviceWitnessDesk {
  /** A word of content type 10; resolves after its effect is committed, with why it has none otherwise. */
  said(device: Pick<DeviceIdentity, "tenantId" | "deviceId">, word: unknown): Promise<ErrorCode | undefined>;
}

/** What cameras say whose own machines judge what they see. */
export interface CameraDesk {
  /** A word of content type 10; answers why it is not taken. */
  said(device: Pick<DeviceIdentity, "tenantId" | "deviceId">, word: unknown): Promise<ErrorCode | undefined>;
}

/** Recordings that cameras' own machines bring (content type 6). */
export interface ClipDesk {
  /** On disk when it resolves; answers why it is not taken. */
  piece(
    device: Pick<DeviceIdentity, "tenantId" | "deviceId">,
    payload: Uint8Array,
  ): Promise<ErrorCode | undefined>;
}

/** Frames of cameras that come in a session (content type 3). */
export interface FrameDesk {
  /** Whether they can come from this device: then its messages may be as large as a frame. From memory. */
  mayCome(deviceId: Uuid): boolean;
  /** At once; why a frame is not taken is counted there. `connection`: one object for as long as it lasts. */
  take(
    connection: object,
    sender: Pick<OpenedMessage, "tenantId" | "deviceId" | "payload">,
    by: { readonly via: string; readonly address: string },
  ): ErrorCode | undefined;
  end(connection: object): void;
}

/** What devices that speak for others say, and what meters sign. */
export interface SiteGatewayDesk {
  /** Whether the gateway speaks for the device. */
  isAssigned(gatewayId: Uuid, deviceId: Uuid): boolean;
  /** A message of content type 10; resolves after its effect is committed, with why it has none otherwise. */
  control(
    gateway: Pick<DeviceIdentity, "tenantId" | "deviceId">,
    value: unknown,
  ): Promise<ErrorCode | undefined>;
  /**
   * A reading as its meter signed it: checked against what the meter said before, then given to `submit` with its
   * original. Answers why it is not kept.
   */
  meterReading(
    message: Pick<OpenedMessage, "tenantId" | "deviceId" | "senderKeyId" | "payload"> & {
      readonly signed: Uint8Array;
    },
    submit: (reading: MeterSample) => Promise<ErrorCode | undefined>,
  ): Promise<ErrorCode | undefined>;
}

/** What a meter's reading is in the terms of its device type. */
export interface MeterSample {
  readonly tsMs: UnixMs;
  readonly values: Readonly<Record<string, number | boolean | string>>;
  readonly original: SignedOriginal;
}

export interface SecureChannel {
  /** `owner`: who logged in on the connection; without, whoever the first authentic frame is of. */
  connect(owner?: Pick<DeviceIdentity, "tenantId" | "deviceId">): ChannelLink;
  /** Why a frame that names nobody was refused, for our counters; never told to the sender. */
  reasonOf(error: unknown): ErrorCode;
  /** Whether the device may not speak plainly. */
  isRequired(device: Pick<DeviceIdentity, "tenantId" | "deviceId" | "typeId">): boolean;
  /** A device announces its next keys; resolves after the commit with what it is told. Throws `envelope.refused`. */
  takeKeys(message: OpenedMessage): Promise<Uint8Array>;
  /** Records messages as taken whose effect is nothing, or can be repeated without harm. */
  takeMarks(marks: readonly SealedMark[]): Promise<void>;
}
