import { type FleetTools, SimulatedDevice, type SimulatedDeviceSpec } from "./simulated-device.ts";

/** Pause between groups of new connections, so that a big fleet does not look like an attack. */
const GROUP_SIZE = 50;
const GROUP_PAUSE_MS = 100;

/** Many simulated devices on one server. */
export class Fleet {
  readonly #tools: FleetTools;
  #devices: SimulatedDevice[] = [];
  #stopped = false;

  constructor(tools: FleetTools) {
    this.#tools = tools;
  }

  get size(): number {
    return this.#devices.length;
  }

  get connected(): number {
    return this.#devices.filter((device) => device.connected).length;
  }

  async start(specs: readonly SimulatedDeviceSpec[]): Promise<void> {
    for (const [index, spec] of specs.entries()) {
      if (this.#stopped) return;
      const device = new SimulatedDevice(spec, this.#tools);
      this.#devices.push(device);
      device.start();
      if (index % GROUP_SIZE === GROUP_SIZE - 1)
        await new Promise<void>((resolve) => this.#tools.clock.after(GROUP_PAUSE_MS, resolve));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#devices.map((device) => device.stop()));
    this.#devices = [];
  }
}
