import type { Logger, Uuid } from "@gatehouse/base";
import type { Bus, devices, Reading } from "@gatehouse/contract";

export interface StateConfirmationDeps {
  readonly bus: Bus;
  readonly log: Logger;
  acknowledge(deviceId: Uuid, commandId: Uuid): Promise<unknown>;
}

interface Open {
  readonly params: devices.Command["params"];
  isDelivered: boolean;
  /** The device said so already: its word can come before the delivery is noted. */
  isSaid: boolean;
}

/**
 * A lamp of plain topics or of a Home Assistant bridge never answers a command; it says how it is now. When that is
 * what was asked of it since, and the command was delivered, it is acknowledged.
 */
export class StateConfirmation {
  readonly #deps: StateConfirmationDeps;
  readonly #open = new Map<Uuid, Map<Uuid, Open>>();
  readonly #stops: (() => void)[];

  constructor(deps: StateConfirmationDeps) {
    this.#deps = deps;
    this.#stops = [
      deps.bus.subscribe("command.changed", ({ command }) => this.#note(command)),
      deps.bus.subscribe("readings.stored", ({ readings }) => {
        if (this.#open.size === 0) return;
        for (const reading of readings) this.#compare(reading);
      }),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #note({ id, deviceId, state, params }: devices.Command): void {
    const ofDevice = this.#open.get(deviceId) ?? new Map<Uuid, Open>();
    const known = ofDevice.get(id) ?? { params, isDelivered: false, isSaid: false };
    known.isDelivered = state === "delivered";
    if (state === "queued" || state === "delivered") this.#open.set(deviceId, ofDevice.set(id, known));
    else if (ofDevice.delete(id) && ofDevice.size === 0) this.#open.delete(deviceId);
    if (known.isDelivered && known.isSaid) this.#confirm(deviceId, id);
  }

  #compare(reading: Reading): void {
    for (const [commandId, open] of this.#open.get(reading.deviceId) ?? []) {
      if (!isAsAsked(open.params, reading)) continue;
      open.isSaid = true;
      if (open.isDelivered) this.#confirm(reading.deviceId, commandId);
    }
  }

  #confirm(deviceId: Uuid, commandId: Uuid): void {
    this.#deps
      .acknowledge(deviceId, commandId)
      .catch((err: unknown) => this.#deps.log.warn({ err, commandId }, "devices.command_not_confirmed"));
  }
}

/** Every parameter is a metric of this reading with the value that was asked. */
export function isAsAsked(params: devices.Command["params"], { numbers, states }: Reading): boolean {
  const asked = Object.entries(params);
  const said = new Map<string, unknown>([...numbers, ...states]);
  return asked.length > 0 && asked.every(([key, value]) => said.has(key) && said.get(key) === value);
}
