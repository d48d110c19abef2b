import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus, Language } from "@gatehouse/contract";
import type { AccessTokens, MasterKey } from "../../platform/secrets/index.ts";
import { type AccessEvent, addAccessEvent } from "./access-log/access-log-store.ts";
import type { PasswordPolicy } from "./passwords/password-policy.ts";
import type { CookieJar, CookieNames } from "./sessions/cookies.ts";
import type { AccountsDatabase } from "./tables.ts";

export interface NewTenant {
  readonly tenantId: Uuid;
  readonly organisation: string;
  readonly language: Language;
}

export interface AccountsDeps {
  readonly db: AccountsDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly masterKey: MasterKey;
  /** TLS: cookies carry `Secure` and the `__Host-` prefix. */
  readonly secure: boolean;
  /** Gives a new tenant its first site and settings; when it fails, the tenant and its owner are taken back. */
  onTenantCreated(tenant: NewTenant): Promise<void>;
  /** The organisation's name as its settings have it now. */
  organisation(tenantId: Uuid): string;
  retentionLogDays(tenantId: Uuid): number;
}

/** What the services of this slice share. */
export interface AccountsContext extends AccountsDeps {
  readonly tokens: AccessTokens;
  readonly passwords: PasswordPolicy;
  readonly names: CookieNames;
  readonly jar: CookieJar;
}

export const ACCESS_LIFETIME_MS = 10 * 60_000;
export const AUDIENCE = "console";

/** Where a request came from, as the access log keeps it. */
export interface Origin {
  readonly address: string;
  readonly client: string;
}

/** One line of the access log, in the transaction of what it tells. */
export const note = (context: AccountsContext, db: AccountsDatabase, event: AccessEvent): Promise<void> =>
  addAccessEvent(db, event, context.clock.nowMs());
