import type { UnixMs, Uuid } from "@gatehouse/base";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { SilenceLimits } from "./witnesses/witness-model.ts";

/** What the ledger asks of accounts and organisations. */
export interface LedgerPeople {
  /** Whether this organisation runs the installation: it also sees what concerns no organisation. */
  isHost(tenantId: Uuid): Promise<boolean>;
  /** The organisation that does; undefined before there is any. */
  hostId(): Promise<Uuid | undefined>;
}

/** An older database was put back. */
export interface Restore {
  /** Of this one restore, for ever the same. */
  readonly id: string;
  /** What was restored by our own command. */
  readonly backup?: {
    readonly madeMs: UnixMs;
    /** SHA-256 of its manifest, hex. */
    readonly sha256: string;
  };
}

export interface LedgerSettings {
  tenants(): Promise<readonly Uuid[]>;
  /** Entries that are older lose their content. */
  retentionDays(tenantId: Uuid): number;
  /** How long witnesses may be silent before people are told. */
  witnessSilence(tenantId: Uuid | undefined): SilenceLimits;
}

/** Our machines, as far as they can be witnesses. */
export interface WitnessMachines {
  /** From memory; undefined when there is no such device or it is revoked. */
  find(deviceId: Uuid): { readonly name: string; readonly isGateway: boolean } | undefined;
  /** In its live session; false: it has none. Nothing is kept for later. */
  send(deviceId: Uuid, payload: Uint8Array): boolean;
}

/** What people are told of a witness. */
export interface WitnessNotice {
  readonly tenantId: Uuid;
  readonly event: "refused" | "silent" | "well";
  /** What it tells of, or the end of what. */
  readonly about: "refused" | "silent";
  readonly name: string;
  readonly isMachine: boolean;
  /** A word of C2SP tlog-witness. */
  readonly reason: string | undefined;
  readonly sinceMs: UnixMs;
}

export interface WitnessNotices {
  /** Queues messages to the channels of the organisation in the caller's transaction. */
  tell(tx: AnyDatabase, notice: WitnessNotice): Promise<void>;
  /** After the commit. */
  told(): void;
}

export type WitnessLinks = WitnessMachines & WitnessNotices;
