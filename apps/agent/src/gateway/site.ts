import type { Heard, Kept } from "./local-link.ts";
import type { SaidBy } from "./relay.ts";
import type { RelayEntry } from "./relay-entry.ts";

export type Via = "websocket" | "http" | "mqtt";

/** A connection on which an assigned device has a live session: it can be asked. */
export interface Reachable {
  readonly deviceId: string;
  /** False when the session is over. */
  ask(message: object): boolean;
  close(): void;
}

export interface SiteParts {
  /** Unix ms of the server's clock as far as it is known. */
  readonly serverNowMs: () => number;
  readonly keep: (entry: RelayEntry, saidBy: SaidBy) => Promise<void>;
  /** An assigned device was heard; a reading of it may be the answer to a request. */
  readonly heard: (deviceId: string, via: Via, isReading: boolean) => void;
  readonly reachable: (deviceId: string) => void;
}

/** What a device is told about one envelope. */
export interface LocalReceipt {
  readonly seq: string;
  readonly result: "stored" | "duplicate";
  readonly serverTimeMs: number;
}

/** The devices at the site as they are now, and what is done with what they say, whichever way it comes. */
export class Site {
  readonly #parts: SiteParts;
  readonly #reachable = new Map<string, Reachable>();
  #refused = 0;

  constructor(parts: SiteParts) {
    this.#parts = parts;
  }

  get reachableCount(): number {
    return this.#reachable.size;
  }

  get refusedCount(): number {
    return this.#refused;
  }

  /** Something came that is no envelope of a device of ours. */
  countRefusal(): void {
    this.#refused++;
  }

  /** Kept on the disk, then answered. Refuses `server.busy` when there is no room. */
  async take(heard: Kept | Extract<Heard, { kind: "duplicate" }>, via: Via): Promise<LocalReceipt> {
    const { device, sequence: seq } = heard;
    if (heard.kind === "keep") {
      await this.#parts.keep(heard.entry, heard.isAuthentic ? "proven" : "unproven");
      heard.settle();
      if (heard.isAuthentic) this.#parts.heard(device.deviceId, via, heard.isReading);
    }
    const result = heard.kind === "keep" ? "stored" : "duplicate";
    return { seq, result, serverTimeMs: Math.round(this.#parts.serverNowMs()) };
  }

  /** The newest connection of a device counts; the one before is closed. */
  join(device: Reachable): void {
    const before = this.#reachable.get(device.deviceId);
    if (before === device) return;
    this.#reachable.set(device.deviceId, device);
    before?.close();
    this.#parts.heard(device.deviceId, "websocket", false);
    this.#parts.reachable(device.deviceId);
  }

  leave(device: Reachable): void {
    if (this.#reachable.get(device.deviceId) === device) this.#reachable.delete(device.deviceId);
  }

  isReachable(deviceId: string): boolean {
    return this.#reachable.has(deviceId);
  }

  /** False when it is not here. */
  ask(deviceId: string, message: object): boolean {
    return this.#reachable.get(deviceId)?.ask(message) ?? false;
  }

  /** Connections of devices that are not assigned any more end. */
  dismiss(isAssigned: (deviceId: string) => boolean): void {
    for (const device of [...this.#reachable.values()])
      if (!isAssigned(device.deviceId)) {
        this.leave(device);
        device.close();
      }
  }
}
