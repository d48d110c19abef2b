import type { UnixMs, Uuid } from "@gatehouse/base";
import type { SealedMark } from "@gatehouse/contract";
import type { KeyBundle, KeyId, PublicBundle, RefusalReason, SuitePolicy } from "@gatehouse/secure-channel";

/** Whose key bundle a message names. */
export interface Sender {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  readonly bundle: PublicBundle;
  readonly suites: SuitePolicy;
}

/** What carriage asks of the identities; every answer comes from memory. */
export interface CarriageKeys {
  /** Our bundle of that key id, while it is current, next or in its overlap. */
  own(keyId: KeyId): KeyBundle | undefined;
  /** Undefined when unknown, over or revoked. */
  sender(keyId: KeyId): Sender | undefined;
  /** Something authentic came: for the pin, first and last use, last handshake. */
  authenticated(sender: Sender, how: "handshake" | "message", nowMs: UnixMs): void;
  /** Two machines use the sender's key: it is refused from now on. */
  cloned(sender: Sender): void;
  /** How old a message may be that was stored and sent late. */
  storedLimitMs(tenantId: Uuid): number;
  /** When we last noticed that our database is an older one; 0: never. */
  recoveredMs(): UnixMs;
}

/** Which devices a connection may speak for. */
export interface LinkScope {
  /** True for the device that logged in, and for those that are assigned to it. */
  speaksFor(sender: Pick<Sender, "tenantId" | "deviceId">): boolean;
  /** Whether the gateway is known at its site by this key. */
  isSiteKey(gatewayId: Uuid, keyId: KeyId): boolean;
}

/** A message that is authentic, fresh and timely. What it says is not yet looked at. */
export interface OpenedMessage {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
  /** The bundle it is signed with, or its session was made with. */
  readonly senderKeyId: KeyId;
  /** 0: nothing; others: docs/channel.md. */
  readonly contentType: number;
  readonly payload: Uint8Array;
  readonly storedLate: boolean;
  /** What its sender signed: header 48 ‖ signature 64 ‖ payload. Absent for what came in a session. */
  readonly signed?: Uint8Array;
  /** To be written in the transaction of the message's effect; empty for DATA. */
  readonly marks: readonly SealedMark[];
  /** Called once: whether its effect is committed. */
  settle(isStored: boolean): void;
}

interface Owner {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

export type Received =
  /** To be sent back: the answer to a HELLO. */
  | ({ readonly kind: "answer"; readonly frame: Uint8Array } & Owner)
  | { readonly kind: "message"; readonly message: OpenedMessage }
  /**
   * Refused, and names this device. `isProven`: the device itself said it, in its session or within the last minutes and never before.
   * Otherwise anybody could have: by writing its key id, or by repeating what was recorded.
   */
  | ({
      readonly kind: "refused";
      readonly code: `envelope.${RefusalReason}`;
      readonly isProven: boolean;
    } & Owner)
  /** Authentic, and seen before. The promise says whether the copy that is being worked on was kept. */
  | ({ readonly kind: "duplicate"; readonly isStored: true | Promise<boolean> } & Owner);
