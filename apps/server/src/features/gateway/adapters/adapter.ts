import type { devices } from "@gatehouse/contract";
import type { DeviceIdentity } from "../ports.ts";

/** How the payload of a topic is read. */
export type UpwardKind =
  | "telemetry"
  | "state"
  | "event"
  | "log"
  /** A frame of the secure channel. */
  | "sx"
  /** A bare number, `23.5`, for one metric. */
  | "number"
  /** `ON`/`OFF` (or `1`/`0`, `true`/`false`) for one metric. */
  | "switch";

export interface Upward {
  readonly kind: UpwardKind;
  /** The metric of a bare value. */
  readonly metric?: string;
}

export type OwnIdentity = Pick<DeviceIdentity, "tenantId" | "deviceId" | "name" | "typeId">;

export interface DownMessage {
  readonly topic: string;
  readonly payload: string;
  /** Where the device answers, when the topic itself names the command. */
  readonly answerTopic?: string;
}

/**
 * A dialect of topics. Every grant is explicit: exact topics a device may publish, filters within which it may
 * subscribe, and how a command is written for a client that subscribed to one of them.
 */
export interface Adapter {
  readonly name: string;
  /** Whether a topic lies in this dialect's space, where a topic that is not the device's own is forbidden. */
  owns(topic: string): boolean;
  publishes(device: OwnIdentity): readonly (readonly [topic: string, upward: Upward])[];
  subscribes(device: OwnIdentity): readonly string[];
  /** Candidates in order of preference; the first whose topic the client subscribed to is sent. `sequence` counts up per connection. */
  commands(device: OwnIdentity, command: devices.Command, sequence: number): readonly DownMessage[];
}
