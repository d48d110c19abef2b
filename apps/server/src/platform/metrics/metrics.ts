import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gauge, Registry } from "prom-client";

/** A figure read when Prometheus asks; labels are few and fixed, never a device or a person. */
export interface MetricSource {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  read(): number | readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export interface Metrics {
  add(source: MetricSource): void;
  /** Prometheus text format 0.0.4. */
  text(): Promise<string>;
  /** 99th percentile of the event loop's delay since the last `text()` or start, in ms. */
  eventLoopP99Ms(): number;
  stop(): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const eventLoopP99Ms = (): number => Math.max(0, delay.percentile(99) / 1e6 - 20);
  const add = (source: MetricSource): void => {
    new Gauge({
      name: source.name,
      help: source.help,
      labelNames: [...(source.labels ?? [])],
      registers: [registry],
      collect() {
        const value = source.read();
        if (typeof value === "number") this.set(value);
        else for (const row of value) this.set(row.labels, row.value);
      },
    });
  };
  add({
    name: "gatehouse_event_loop_delay_p99_seconds",
    help: "99th percentile of the event loop's delay",
    read: () => eventLoopP99Ms() / 1000,
  });
  add({
    name: "gatehouse_resident_memory_bytes",
    help: "Resident memory of the server process",
    read: () => process.memoryUsage.rss(),
  });
  return { add, text: () => registry.metrics(), eventLoopP99Ms, stop: () => delay.disable() };
}
