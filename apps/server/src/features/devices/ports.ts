import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";
import type { DevicesDatabase } from "./tables.ts";

/** A credential as the outside knows it. */
export interface EndedCredential {
  readonly kind: "api_key" | "certificate";
  /** Key id, or serial number. */
  readonly id: string;
  readonly fromMs: UnixMs;
}

/** What remembers revocations outside the database, so that a restored backup does not bring a key back. */
export interface Revocations {
  /** Durable when it resolves: awaited inside the transaction that ends them, so that nothing revoked is ever missing. */
  record(tx: DevicesDatabase, ended: readonly EndedCredential[]): Promise<void>;
  /** Ends the keys of the secure channel of a device that is being revoked, inside that transaction. */
  endChannelKeys(tx: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<void>;
}

/** How far devices are believed, from memory. */
export interface TrustBoard {
  badge(deviceId: Uuid): devices.Device["trust"];
  quarantinedIds(tenantId: Uuid): readonly Uuid[];
}
