import type { Uuid } from "@gatehouse/base";
import type { ledger } from "@gatehouse/contract";
import type { AnyDatabase } from "../database/index.ts";
import type { Actor } from "./asker.ts";

/** One act, as its feature tells it. Who, from where and when are added by the trail. */
export interface AuditEvent {
  readonly kind: ledger.LedgerKind;
  /** Undefined for what concerns the installation and no tenant, such as a log-in with an address that is nobody's. */
  readonly tenantId: Uuid | undefined;
  /** "ok" unless told. */
  readonly outcome?: "ok" | "refused";
  /** What it was done to: `{ kind: "device", id }`. */
  readonly subject?: { readonly kind: string; readonly id: string };
  /** What changed, small and without secrets; JSON. Kept for ever: nothing about a person belongs here. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Names, addresses and other texts about people, each ≤ 512 characters: hashed with a salt that can be deleted. */
  readonly personal?: Readonly<Record<string, string>>;
  /** Unless it is the one who asks. */
  readonly actor?: Actor;
}

/**
 * The ledger, as every feature sees it. `record` writes in the caller's transaction: the act and its entry are
 * committed together or not at all.
 */
export interface AuditTrail {
  record(transaction: AnyDatabase, event: AuditEvent): Promise<void>;
}
