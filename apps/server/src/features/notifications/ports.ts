import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, Language } from "@gatehouse/contract";

/** What is said about an alert. */
export interface Notice {
  readonly tenantId: Uuid;
  readonly kind: "raised" | "repeated" | "resolved";
  readonly alert: alerts.Alert;
  readonly channelIds: readonly Uuid[];
}

/** What is said about the installation itself: who cosigns the audit log, and who guesses passwords. */
export interface Announcement {
  readonly tenantId: Uuid;
  readonly kind: "announced";
  readonly event: "witness.refused" | "witness.silent" | "witness.well" | "login.attacked";
  readonly severity: alerts.Severity;
  /** The witness, or the person whose account it is; empty where it is many. */
  readonly name: string;
  readonly sinceMs: UnixMs;
}

export interface NotificationSettings {
  get(tenantId: Uuid): {
    readonly organisation: string;
    readonly language: Language;
    /** IANA zone in which times are written. */
    readonly timeZone: string;
    readonly retentionLogDays: number;
  };
  /** Where people reach the console, without a slash at the end. */
  publicUrl(): string;
}

export interface People {
  /** The language of the account with this e-mail address, whatever its case; undefined when there is none. */
  languageOf(tenantId: Uuid, email: string): Language | undefined;
}

/** Hears what became of messages about an alert; a failure to note it down stops nothing. */
export interface AlertTrail {
  record(alertId: Uuid, kind: "notified" | "delivery_failed", atMs: UnixMs, detail: string): Promise<void>;
}
