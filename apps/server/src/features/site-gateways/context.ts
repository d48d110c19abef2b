import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Sessions, SignSiteKey, SiteDevices } from "./ports.ts";
import type { SiteGatewayDatabase } from "./tables.ts";

/** What the services of this slice share. */
export interface SiteGatewayContext {
  readonly db: SiteGatewayDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: Bus;
  readonly log: Logger;
  readonly devices: SiteDevices;
  readonly sessions: Sessions;
  readonly signSiteKey: SignSiteKey;
  readonly audit: AuditTrail;
}

export type Actor = { readonly tenantId: Uuid; readonly name: string };

/** One message of content type 10. */
export const encodeControl = (message: object): Uint8Array => Buffer.from(JSON.stringify(message));

export function* inParts<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
