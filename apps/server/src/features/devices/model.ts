import type { UnixMs, Uuid } from "@gatehouse/base";
import type { devices } from "@gatehouse/contract";

/** The list of sites is not paged; people have dozens. */
export const MAX_SITES = 1_000;
/** What the in-memory directory (about 1 kB a device) and the unpartitioned inventory are sized for. */
export const MAX_DEVICES = 100_000;
/** Keys and certificates valid at once: an overlap of rotations, a claim and a few certificates fit. */
export const MAX_CREDENTIALS_PER_DEVICE = 10;
/** Ended credentials kept for display. */
export const ENDED_CREDENTIALS_SHOWN = 10;
/** A device that never collects its commands must not fill the table. */
export const MAX_OPEN_COMMANDS_PER_DEVICE = 100;

/** The type of devices that may speak for others. */
export const GATEWAY_TYPE = "site-gateway";

/** A device as the hot paths need it, kept in memory for every device. */
export interface DeviceRecord {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  /** What people call it; may be empty. */
  readonly label: string;
  readonly typeId: string;
  readonly siteId: Uuid;
  readonly intervalMs: number;
  readonly revoked: boolean;
  /** Keys of the metrics beyond the type's. */
  readonly ownMetrics: ReadonlySet<string>;
  readonly credentials: readonly CredentialRecord[];
  /** Topics beyond its own. */
  readonly grants: readonly devices.TopicGrant[];
}

export interface CredentialRecord {
  readonly credentialId: Uuid;
  readonly deviceId: Uuid;
  readonly kind: "api_key" | "certificate";
  readonly publicId: string;
  readonly sha256: string;
  readonly sealed: Uint8Array | undefined;
  readonly expiresMs: UnixMs | undefined;
  readonly revoked: boolean;
}

/** Who a connection or a request speaks for. */
export interface DeviceIdentity {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly name: string;
  readonly typeId: string;
  readonly grants: readonly devices.TopicGrant[];
  readonly credentialId: Uuid;
  readonly credentialKind: "api_key" | "hmac_token" | "certificate";
}

/** A metric that a device announced or sent beyond those of its type. */
export type OwnMetric = devices.Device["metrics"][number];

export type Actor = { readonly tenantId: Uuid; readonly name: string };
