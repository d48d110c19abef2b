import type { Random, UnixMs } from "@gatehouse/base";
import type { TSchema } from "typebox";

export interface Label {
  readonly en: string;
  readonly fr: string;
}

export type MetricValue = number | boolean | string;

/** How a metric behaves in honest hands; what poisoning defence judges it by. Without one only repetition is noticed. */
export interface TypicalBehaviour {
  /** `level`: follows its surroundings and the day, as its neighbours do. `counter`: only rises. */
  readonly kind: "level" | "counter";
  /** Smallest difference that means anything, in the metric's unit. */
  readonly floor: number;
  /** Largest honest change between two readings less than ten minutes apart, in the metric's unit. */
  readonly maxStep: number;
  /** Key of a metric that moves with this one for physical reasons: air that warms gets drier. */
  readonly movesWith?: string;
}

/** One thing a device measures (number) or is (boolean, string). Numbers have a history, the others changes of state. */
export interface MetricSpec {
  readonly key: string;
  readonly kind: "number" | "boolean" | "string";
  /** As shown behind a value ("°C"); empty without a unit. */
  readonly unit: string;
  /** Physical limits, inclusive: a number outside cannot have been measured and is refused. */
  readonly min?: number;
  readonly max?: number;
  /** Digits after the point on screen, and what simulators round to. */
  readonly decimals?: number;
  readonly label: Label;
  readonly typical?: TypicalBehaviour;
}

export interface CommandSpec {
  readonly key: string;
  readonly label: Label;
  readonly params: TSchema;
  /** A command that no device took within this time expires, unless its sender said otherwise. */
  readonly ttlMs: number;
}

/** How one metric appears in Home Assistant (MQTT discovery). The unit is the metric's. */
export interface HomeAssistantEntity {
  readonly component: "sensor" | "binary_sensor" | "switch" | "light" | "number";
  readonly metric: string;
  readonly deviceClass?: string;
  readonly stateClass?: "measurement" | "total_increasing";
  /** The command that changes the metric, and the parameter that holds its new value. */
  readonly command?: { readonly key: string; readonly param: string };
}

/** Chance of each fault beginning at a reading, 0..1. */
export interface FaultRatios {
  /** One value far from the others, inside the physical limits. */
  readonly spike: number;
  /** The same reading again and again for a while. */
  readonly stuck: number;
  /** Silence for a while. */
  readonly dropout: number;
}

/** A device that does not exist. Repeatable: the same randomness, times and commands give the same readings. */
export interface Simulator {
  /** The reading due at `nowMs`; undefined while the device is silent. Call about every `intervalMs`. */
  next(nowMs: UnixMs, random: Random): { readonly values: Record<string, MetricValue> } | undefined;
  /** Obeys a command and answers true; false when the device does not understand it. */
  command(key: string, params: Readonly<Record<string, unknown>>): boolean;
}

export interface DeviceTypeSpec {
  readonly id: string;
  readonly label: Label;
  /** Name in the Tabler icon set. */
  readonly icon: string;
  readonly metrics: readonly MetricSpec[];
  /** True when metrics that are not listed are taken too. */
  readonly openMetrics: boolean;
  readonly commands: readonly CommandSpec[];
  /** Expected time between readings; after three of them without one the device is stale. */
  readonly intervalMs: number;
  readonly homeAssistant: readonly HomeAssistantEntity[];
  /** It sends pictures (docs/cameras.md), which are no readings; a frame is a sign of life as a reading is. */
  readonly camera?: true;
  /** What the server may set on the device, signed (docs/agent.md); absent: it takes none. */
  readonly settings?: TSchema;
  /** A new simulated device; `random` gives it its own habits. Without `faults` it never fails. */
  readonly simulate: (random: Random, faults?: FaultRatios) => Simulator;
}

export interface DeviceType extends DeviceTypeSpec {
  readonly metricByKey: ReadonlyMap<string, MetricSpec>;
}

export function defineDeviceType(spec: DeviceTypeSpec): DeviceType {
  return { ...spec, metricByKey: new Map(spec.metrics.map((metric) => [metric.key, metric])) };
}
