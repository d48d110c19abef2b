import type { OpenFrameSource } from "./frames/frame-source.ts";
import { SimulatedCamera } from "./simulated-camera.ts";
import { type FleetTools, SimulatedDevice, type SimulatedDeviceSpec } from "./simulated-device.ts";

/** Pause between groups of new connections, so that a big fleet does not look like an attack. */
const GROUP_SIZE = 50;
const GROUP_PAUSE_MS = 100;

/** Many simulated devices on one server. */
export class Fleet {
  readonly #tools: FleetTools;
  #devices: SimulatedDevice[] = [];
  #cameras: SimulatedCamera[] = [];
  #stopped = false;

  constructor(tools: FleetTools) {
    this.#tools = tools;
  }

  get size(): number {
    return this.#devices.length;
  }

  get connected(): number {
    const devices = this.#devices.filter((device) => device.connected).length;
    // A camera whose pictures do not arrive is not there, whatever it measures.
    return Math.max(0, devices - this.#cameras.filter((camera) => !camera.connected).length);
  }

  async start(specs: readonly SimulatedDeviceSpec[]): Promise<void> {
    for (const [index, spec] of specs.entries()) {
      if (this.#stopped) return;
      const device = new SimulatedDevice(spec, this.#tools);
      this.#devices.push(device);
      device.start();
      if (spec.pictures !== undefined) this.#addCamera(spec, spec.pictures);
      if (index % GROUP_SIZE === GROUP_SIZE - 1)
        await new Promise<void>((resolve) => this.#tools.clock.after(GROUP_PAUSE_MS, resolve));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#devices, ...this.#cameras].map((device) => device.stop()));
    this.#devices = [];
    this.#cameras = [];
  }

  /** Its tools without the tallies: those are of readings. */
  #addCamera({ name, apiKey }: SimulatedDeviceSpec, pictures: OpenFrameSource): void {
    const { endpoints, clock, random, log } = this.#tools;
    const camera = new SimulatedCamera(name, apiKey, pictures, { endpoints, clock, random, log });
    this.#cameras.push(camera);
    camera.start();
  }
}
