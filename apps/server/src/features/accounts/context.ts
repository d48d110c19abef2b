import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus, Language } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Controls } from "../../platform/controls.ts";
import type { AccessTokens, MasterKey } from "../../platform/secrets/index.ts";
import type { PasswordPolicy, PasswordRules } from "./passwords/password-policy.ts";
import type { ErasedIds } from "./people/erasure-list.ts";
import type { AttackNotices, Messenger, PersonalDataHolder, Roles } from "./ports.ts";
import type { CookieJar, CookieNames } from "./sessions/cookies.ts";
import type { AccessOf } from "./sessions/person-gate.ts";
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
  readonly controls?: Controls;
  /** TLS: cookies carry `Secure` and the `__Host-` prefix. */
  readonly secure: boolean;
  /** Gives a new tenant its first site and settings; when it fails, the tenant and its owner are taken back. */
  onTenantCreated(tenant: NewTenant): Promise<void>;
  /** What a person may do now. */
  readonly accessOf: AccessOf;
  isHost(tenantId: Uuid): boolean;
  /** The organisation's name as its settings have it now. */
  organisation(tenantId: Uuid): string;
  /** Whether everybody but customers must have a second factor. */
  requireStaffFactor(tenantId: Uuid): boolean;
  /** What the organisation asks of passwords beyond ours. */
  passwordRules(tenantId: Uuid): PasswordRules;
  /** Where people reach the console: links lead there, passkeys belong there. */
  publicUrl(): string;
  readonly audit: AuditTrail;
  readonly messenger: Messenger;
  readonly attackNotices: AttackNotices;
  readonly roles: Roles;
  /** Whether customers may sign up. */
  signUpIsOpen(tenantId: Uuid): boolean;
  /** In which people are written to who have not chosen one. */
  language(tenantId: Uuid): Language;
  /** Other features that hold something about people. */
  holders(): readonly PersonalDataHolder[];
  /** Who was erased, apart from the database. */
  readonly erasedIds: ErasedIds;
}

/** What the services of this slice share. */
export interface AccountsContext extends AccountsDeps {
  readonly controls: Controls;
  readonly tokens: AccessTokens;
  readonly passwords: PasswordPolicy;
  readonly names: CookieNames;
  readonly jar: CookieJar;
}

export const ACCESS_LIFETIME_MS = 10 * 60_000;
export const AUDIENCE = "console";

/** Where a request came from. */
export interface Origin {
  readonly address: string;
  readonly client: string;
}
