import type { Uuid } from "@gatehouse/base";
import { access } from "@gatehouse/contract";
import type { CredentialRecord, DeviceRecord } from "../model.ts";
import type { DevicesDatabase } from "../tables.ts";
import { loadDeviceRecords } from "./directory-store.ts";

type Watcher = (deviceId: Uuid, record: DeviceRecord | undefined) => void;

/**
 * Every device and its credentials in memory: what a connect, a message and a topic are checked against. A change
 * is committed first, then read back by `reload`; there is no other way in.
 */
export class DeviceDirectory {
  readonly #db: DevicesDatabase;
  readonly #devices = new Map<Uuid, DeviceRecord>();
  /** By tenant, then by lower-case name. */
  readonly #names = new Map<Uuid, Map<string, Uuid>>();
  readonly #keys = new Map<string, CredentialRecord>();
  readonly #certificates = new Map<string, CredentialRecord>();
  readonly #reloads = new Map<Uuid, Promise<void>>();
  readonly #watchers: Watcher[] = [];

  constructor(db: DevicesDatabase) {
    this.#db = db;
  }

  async load(): Promise<void> {
    for (const record of await loadDeviceRecords(this.#db)) this.#put(record);
  }

  /** Called after the memory has changed; `record` is undefined when the device is gone. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Takes over what the database says. Reloads of one device run one after the other, so the last one is the newest. */
  reload(deviceId: Uuid): Promise<void> {
    const run = async (): Promise<void> => {
      const [record] = await loadDeviceRecords(this.#db, deviceId);
      this.#drop(deviceId);
      if (record !== undefined) this.#put(record);
      for (const watcher of this.#watchers) watcher(deviceId, record);
    };
    const next = (this.#reloads.get(deviceId) ?? Promise.resolve()).then(run, run);
    this.#reloads.set(deviceId, next);
    const forget = (): void => {
      if (this.#reloads.get(deviceId) === next) this.#reloads.delete(deviceId);
    };
    next.then(forget, forget);
    return next;
  }

  find(deviceId: Uuid): DeviceRecord | undefined {
    return this.#devices.get(deviceId);
  }

  /** The device as its tenant calls it: by id, or by name in any case. */
  resolveName(tenantId: Uuid, nameOrId: string): Uuid | undefined {
    if (this.#devices.get(nameOrId)?.tenantId === tenantId) return nameOrId;
    return this.#names.get(tenantId)?.get(nameOrId.toLowerCase());
  }

  findKey(keyId: string): CredentialRecord | undefined {
    return this.#keys.get(keyId);
  }

  findCertificate(serialNumber: string): CredentialRecord | undefined {
    return this.#certificates.get(serialNumber);
  }

  countOf(tenantId: Uuid): number {
    return this.#names.get(tenantId)?.size ?? 0;
  }

  records(): IterableIterator<DeviceRecord> {
    return this.#devices.values();
  }

  idsOf(tenantId: Uuid): Uuid[] {
    return [...(this.#names.get(tenantId)?.values() ?? [])];
  }

  /** Those that an asker may see. */
  idsWithin({ tenantId, reach }: access.Scope): Uuid[] {
    const ids = this.idsOf(tenantId);
    if (reach === "all") return ids;
    return ids.filter((deviceId) => {
      const siteId = this.#devices.get(deviceId)?.siteId;
      return siteId !== undefined && access.reaches(reach, { siteId, deviceId });
    });
  }

  tenants(): IterableIterator<Uuid> {
    return this.#names.keys();
  }

  #put(record: DeviceRecord): void {
    this.#devices.set(record.deviceId, record);
    const names = this.#names.get(record.tenantId) ?? new Map<string, Uuid>();
    this.#names.set(record.tenantId, names.set(record.name.toLowerCase(), record.deviceId));
    for (const credential of record.credentials) {
      if (credential.kind === "api_key") this.#keys.set(credential.publicId, credential);
      else this.#certificates.set(credential.publicId, credential);
    }
  }

  #drop(deviceId: Uuid): void {
    const record = this.#devices.get(deviceId);
    if (record === undefined) return;
    this.#devices.delete(deviceId);
    const names = this.#names.get(record.tenantId);
    const name = record.name.toLowerCase();
    // Another device may have been given the name meanwhile.
    if (names?.get(name) === deviceId) names.delete(name);
    for (const credential of record.credentials) {
      this.#keys.delete(credential.publicId);
      this.#certificates.delete(credential.publicId);
    }
  }
}
