import type { Clock, Logger, Timer, Uuid } from "@gatehouse/base";
import { type Bus, LIMITS, type Reading } from "@gatehouse/contract";
import { findDeviceType } from "@gatehouse/device-types";
import { announceChange, type DevicesContext } from "../context.ts";
import type { OwnMetric } from "../model.ts";
import { putOwnMetrics } from "./metric-store.ts";

const WRITE_WITHIN_MS = 500;

type Kind = "number" | "boolean" | "string";

/** Learns the metrics of devices whose type lists none: the first reading with a new one makes it known. */
export class OpenMetrics {
  readonly #context: DevicesContext;
  readonly #clock: Clock;
  readonly #bus: Bus;
  readonly #log: Logger;
  #found = new Map<Uuid, Map<string, Kind>>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(context: DevicesContext) {
    this.#context = context;
    this.#clock = context.clock;
    this.#bus = context.bus;
    this.#log = context.log;
  }

  subscribe(): () => void {
    return this.#bus.subscribe("readings.stored", ({ readings }) => {
      for (const reading of readings) if (findDeviceType(reading.typeId)?.openMetrics) this.#look(reading);
    });
  }

  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const next = this.#writing.then(() => this.#write());
    this.#writing = next.catch(() => undefined);
    return next;
  }

  #look({ deviceId, typeId, numbers, states }: Reading): void {
    const known = this.#context.directory.find(deviceId)?.ownMetrics;
    if (known === undefined || known.size >= LIMITS.metricsPerDevice) return;
    const typed = findDeviceType(typeId)?.metricByKey;
    for (const [key, value] of [...numbers, ...states]) {
      if (known.has(key) || typed?.has(key)) continue;
      const found = this.#found.get(deviceId) ?? new Map<string, Kind>();
      if (!found.has(key)) this.#found.set(deviceId, found.set(key, typeof value as Kind));
      this.#timer ??= this.#clock.after(WRITE_WITHIN_MS, () => {
        this.flush().catch((error: unknown) =>
          this.#log.warn({ err: error }, "devices.metrics_write_failed"),
        );
      });
    }
  }

  /** What fails is found again with the next reading. */
  async #write(): Promise<void> {
    const { db, directory } = this.#context;
    const batch = this.#found;
    this.#found = new Map();
    for (const [deviceId, kinds] of batch) {
      const tenantId = directory.find(deviceId)?.tenantId;
      if (tenantId === undefined) continue;
      const metrics: OwnMetric[] = [...kinds].map(([key, kind]) => ({
        key,
        kind,
        unit: "",
        label: { en: key, fr: key },
      }));
      await putOwnMetrics(db, tenantId, deviceId, metrics, {
        limit: LIMITS.metricsPerDevice,
        replace: false,
      });
      await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    }
  }
}
