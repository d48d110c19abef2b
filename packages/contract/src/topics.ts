/** Native MQTT topics. `<device>` is the device's id or its name; both are the same device. */
export const TOPIC_ROOT = "gh";
/** `sx` carries frames of the secure channel, both ways. */
export const UP_KINDS = ["telemetry", "state", "event", "log", "sx"] as const;
export const DOWN_KINDS = ["command", "sx"] as const;
/** First levels under which every topic belongs to one device, in each dialect that is spoken. */
export const RESERVED_TOPIC_ROOTS: readonly string[] = [TOPIC_ROOT, "led", "temperature", "v1"];
export type UpKind = (typeof UP_KINDS)[number];

export const upTopic = (device: string, kind: UpKind): string => `${TOPIC_ROOT}/${device}/up/${kind}`;
export type DownKind = (typeof DOWN_KINDS)[number];
export const downTopic = (device: string, kind: DownKind = "command"): string =>
  `${TOPIC_ROOT}/${device}/down/${kind}`;
/** A device answers a command here: {"id": "<command id>", "ok": true, "reason"?: "…"}. */
export const ackTopic = (device: string): string => `${TOPIC_ROOT}/${device}/up/event`;

export const LIMITS = {
  payloadBytes: 65_536,
  topicBytes: 256,
  topicLevels: 8,
  jsonDepth: 16,
  metricsPerMessage: 64,
  metricsPerDevice: 256,
  batchReadings: 1_000,
  /** Live messages of a device with a clock may lie this far ahead. */
  timestampAheadMs: 300_000,
  subscriptionsPerClient: 32,
  /** As many as one client can subscribe to. */
  grantsPerDevice: 32,
} as const;
