import type { Connection } from "./connection.ts";

/** Connections whose device is logged in. */
export class Connections {
  readonly #byDevice = new Map<string, Set<Connection>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  ofDevice(deviceId: string): readonly Connection[] {
    return [...(this.#byDevice.get(deviceId) ?? [])];
  }

  countOfDevice(deviceId: string): number {
    return this.#byDevice.get(deviceId)?.size ?? 0;
  }

  *all(): Generator<Connection> {
    for (const connections of this.#byDevice.values()) yield* connections;
  }

  add(deviceId: string, connection: Connection): void {
    const known = this.#byDevice.get(deviceId);
    this.#count++;
    if (known === undefined) this.#byDevice.set(deviceId, new Set([connection]));
    else known.add(connection);
  }

  /** False when it was not among them. */
  remove(deviceId: string, connection: Connection): boolean {
    const known = this.#byDevice.get(deviceId);
    if (!known?.delete(connection)) return false;
    this.#count--;
    if (known.size === 0) this.#byDevice.delete(deviceId);
    return true;
  }
}
