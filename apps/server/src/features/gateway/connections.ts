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

  /** True when it is the device's first. */
  add(deviceId: string, connection: Connection): boolean {
    const known = this.#byDevice.get(deviceId);
    this.#count++;
    if (known !== undefined) known.add(connection);
    else this.#byDevice.set(deviceId, new Set([connection]));
    return known === undefined;
  }

  /** `last` when the device has no other connection; undefined when it was not among them. */
  remove(deviceId: string, connection: Connection): "last" | "one" | undefined {
    const known = this.#byDevice.get(deviceId);
    if (!known?.delete(connection)) return undefined;
    this.#count--;
    if (known.size > 0) return "one";
    this.#byDevice.delete(deviceId);
    return "last";
  }
}
