import type { Clock, Timer, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import { type EventChange, EventMachine } from "@gatehouse/motion";
import type { EventKeeper } from "./keeper.ts";
import type { Cameras } from "./ports.ts";

/** What a camera says in its log when it notices something by itself: a line of kind `event` with this message. */
const SIGN = "motion";
/** Lines that waited longer on the device tell of no event of now. */
const FRESH_MS = 120_000;
const TICK_MS = 1_000;

export interface DeviceSignDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly cameras: Cameras;
  readonly keeper: EventKeeper;
}

/** Events that cameras notice by themselves, by a PIR sensor say: each sign begins one, or makes it go on. */
export class DeviceSigns {
  readonly #deps: DeviceSignDeps;
  readonly #machines = new Map<Uuid, { readonly tenantId: Uuid; readonly machine: EventMachine }>();
  #end: () => void = () => undefined;
  #tick: Timer | undefined;

  constructor(deps: DeviceSignDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { bus, clock } = this.#deps;
    this.#end = bus.subscribe("device.log", ({ deviceId, entry }) => {
      const ageMs = Math.abs(clock.nowMs() - entry.tsMs);
      if (entry.kind === "event" && entry.message === SIGN && ageMs <= FRESH_MS) this.#sign(deviceId);
    });
    this.#tick = clock.every(TICK_MS, () => {
      for (const cameraId of [...this.#machines.keys()])
        this.#apply(cameraId, (machine) => machine.pass(clock.nowMs()));
    });
  }

  stop(): void {
    this.#end();
    this.#tick?.cancel();
    for (const cameraId of [...this.#machines.keys()]) this.#apply(cameraId, (machine) => machine.end());
  }

  isGoingOn(cameraId: Uuid): boolean {
    return this.#machines.has(cameraId);
  }

  #sign(cameraId: Uuid): void {
    const { cameras, clock } = this.#deps;
    const camera = cameras.find(cameraId);
    const settings = cameras.settingsOf(cameraId);
    if (camera === undefined || !settings?.enabled) return;
    const tuning = { endAfterMs: settings.motion.endAfterSeconds * 1_000, looksToBegin: 1 };
    const known = this.#machines.get(cameraId);
    known?.machine.retune(tuning);
    if (known === undefined)
      this.#machines.set(cameraId, { tenantId: camera.tenantId, machine: new EventMachine(tuning) });
    const seen = { atMs: clock.nowMs(), share: 0, moves: true, zones: [] };
    this.#apply(cameraId, (machine) => machine.take(seen));
  }

  #apply(cameraId: Uuid, step: (machine: EventMachine) => readonly EventChange[]): void {
    const known = this.#machines.get(cameraId);
    if (known === undefined) return;
    for (const change of step(known.machine))
      this.#deps.keeper.apply(known.tenantId, cameraId, "device", change);
    if (known.machine.event === undefined) this.#machines.delete(cameraId);
  }
}
