import type { Clock, Logger, Timer } from "@gatehouse/base";
import type { SensorSettings } from "../config/schema.ts";
import { faultOf } from "../sensors/files.ts";
import { createSensors } from "../sensors/registry.ts";
import { failed, type Machine, type Measurement, type Sensor, type Values } from "../sensors/sensor.ts";
import type { Spool } from "../spool/spool.ts";
import { encodeEntry } from "./entry.ts";
import type { Moment, TimeKeeper } from "./time-keeper.ts";

export interface CollectorParts {
  readonly spool: Spool;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly time: TimeKeeper;
  readonly log: Logger;
  /** The agent's own health, measured with everything else. */
  readonly health: () => Values;
  /** A reading is in the store. */
  readonly stored: () => void;
}

export interface SensorState {
  readonly id: string;
  readonly state: Measurement["state"];
  readonly reason?: string;
}

/** A sensor that hangs costs this long and no more. */
const SENSOR_TIMEOUT_MS = 8_000;
/** The server takes so many metrics in one reading; the rest goes into the next. */
const METRICS_PER_READING = 64;

/** Measures at every beat and puts the readings into the store, durable before the next. */
export class Collector {
  readonly #parts: CollectorParts;
  #sensors: Sensor[] = [];
  #timer: Timer | undefined;
  #measuring: Promise<void> | undefined;
  #states: readonly SensorState[] = [];
  #notStored = 0;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  get states(): readonly SensorState[] {
    return this.#states;
  }

  /** Readings that the disk did not take. */
  get notStored(): number {
    return this.#notStored;
  }

  /** Begins, or goes on with other settings. */
  start(intervalMs: number, sensors: SensorSettings): void {
    this.#timer?.cancel();
    this.#sensors = createSensors(this.#parts.machine, sensors);
    this.#timer = this.#parts.clock.every(intervalMs, () => void this.measure());
    void this.measure();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#measuring;
  }

  /** A beat that comes while the one before is not finished is that one. */
  measure(): Promise<void> {
    this.#measuring ??= this.#measureAll().finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  async #measureAll(): Promise<void> {
    const { time, health } = this.#parts;
    const now = time.now();
    const measured = await Promise.all(
      this.#sensors.map(async (sensor) => ({ id: sensor.id, result: await this.#measureOne(sensor) })),
    );
    this.#tellChanges(measured.map(({ id, result }) => stateOf(id, result)));
    const values: Values = health();
    for (const { result } of measured) if (result.state !== "absent") Object.assign(values, result.values);
    for (const part of inParts(values)) await this.#store(now, part);
  }

  #measureOne(sensor: Sensor): Promise<Measurement> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(SENSOR_TIMEOUT_MS, () => resolve(failed("no answer")));
      sensor.measure().then(
        (result) => {
          timer.cancel();
          resolve(result);
        },
        (error: unknown) => {
          timer.cancel();
          resolve(failed(faultOf(error)));
        },
      );
    });
  }

  async #store(now: Moment, values: Values): Promise<void> {
    try {
      await this.#parts.spool.append(encodeEntry({ kind: "reading", ...now, values }));
      this.#parts.stored();
    } catch (error) {
      this.#notStored++;
      this.#parts.log.error({ reason: faultOf(error), notStored: this.#notStored }, "store.refused");
    }
  }

  /** Once when a sensor begins or ceases to answer, not at every beat. */
  #tellChanges(states: readonly SensorState[]): void {
    for (const now of states) {
      const before = this.#states.find(({ id }) => id === now.id)?.state;
      if (before === now.state) continue;
      const { id, reason } = now;
      if (now.state === "failed") this.#parts.log.warn({ sensor: id, reason }, "sensor.failed");
      else if (now.state === "absent") this.#parts.log.info({ sensor: id, reason }, "sensor.absent");
      else if (before !== undefined) this.#parts.log.info({ sensor: id }, "sensor.answers");
    }
    this.#states = states;
  }
}

const stateOf = (id: string, result: Measurement): SensorState =>
  result.state === "present" ? { id, state: "present" } : { id, state: result.state, reason: result.reason };

function inParts(values: Values): Values[] {
  const entries = Object.entries(values);
  const parts: Values[] = [];
  for (let at = 0; at < entries.length; at += METRICS_PER_READING)
    parts.push(Object.fromEntries(entries.slice(at, at + METRICS_PER_READING)));
  return parts;
}
