import type { UnixMs, Uuid } from "@gatehouse/base";
import type { alerts, Language } from "@gatehouse/contract";

/** What is said about an alert. */
export interface Notice {
  readonly tenantId: Uuid;
  readonly kind: "raised" | "repeated" | "escalated" | "resolved";
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

/** What quiet hours kept back, told in one message at their end. */
export interface Summary {
  readonly tenantId: Uuid;
  readonly kind: "summed";
  readonly severity: alerts.Severity;
  /** The first of them. */
  readonly notices: readonly (Notice | Announcement)[];
  readonly count: number;
}

/** What happened before cameras on the day before. Whoever chose its hour hears it in quiet hours too. */
export interface Morning {
  readonly tenantId: Uuid;
  readonly kind: "morning";
  readonly severity: "info";
  readonly channelIds: readonly Uuid[];
  /** `2026-11-21`. */
  readonly day: string;
  readonly sites: readonly MorningSite[];
}

export interface MorningSite {
  readonly name: string;
  /** Events with people, the most of them at once, and alarms. */
  readonly people: number;
  readonly mostAtOnce: number;
  readonly alarms: number;
  readonly others: number;
  /** About which nobody decided for good. */
  readonly open: number;
  /** Cameras that sent no pictures for long. */
  readonly silent: readonly string[];
}

/** What a message is written from. */
export type Told = Notice | Announcement | Summary | Morning;

/** A person who is told by push in a browser with this session. */
export interface Listener {
  readonly personId: Uuid;
  readonly sessionId: Uuid;
}

export interface PushAudience {
  /**
   * Of these the ones whose session lives and who may read alerts of this device, or, without one, of the whole
   * organisation; by their session, with the language they read.
   */
  mayHear(
    tenantId: Uuid,
    listeners: readonly Listener[],
    deviceId: Uuid | undefined,
  ): Promise<ReadonlyMap<Uuid, { readonly name: string; readonly language: Language }>>;
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

/** Pictures that messages about alerts may carry out of the house. */
export interface AlertPictures {
  /** A small JPEG with what was found framed in it; undefined where there is none or the camera keeps it to itself. */
  ofAlert(alertId: Uuid): Promise<Uint8Array | undefined>;
}

/** Events of cameras that links lead to. */
export interface LinkedEvents {
  find(eventId: Uuid): Promise<{ readonly tenantId: Uuid } | undefined>;
}

export interface People {
  /** The language of the account with this e-mail address, whatever its case; undefined when there is none. */
  languageOf(tenantId: Uuid, email: string): Language | undefined;
}

/** Hears what became of messages about an alert; a failure to note it down stops nothing. */
export interface AlertTrail {
  record(alertId: Uuid, kind: "notified" | "delivery_failed", atMs: UnixMs, detail: string): Promise<void>;
}
