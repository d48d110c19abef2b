import type { Random, UnixMs, Uuid } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import type { NoticeText } from "../notice-text.ts";

export type SettingsOf<K extends alerts.ChannelSettings["kind"]> = Extract<
  alerts.ChannelSettings,
  { readonly kind: K }
>;

/** Why a message was not taken; the texts are in messages.en.ts. */
export type FailureCode =
  | "auth_refused"
  | "target_gone"
  | "recipient_refused"
  | "rejected"
  | "redirected"
  | "rate_limited"
  | "server_error"
  | "unreachable"
  | "timeout"
  | "tls_failed"
  | "address_forbidden"
  | "secret_unreadable"
  | "internal";

export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
  /** What the other side said, cut and without secrets. */
  readonly detail?: string;
  /** The other side named a time to wait. */
  readonly retryAfterMs?: number;
}

/** `reference` is the other side's name for the message. */
export type Outcome = { readonly ok: true; readonly reference?: string } | Failure;

/** Failures that another attempt cannot mend: somebody has to change something. */
const PERMANENT: ReadonlySet<FailureCode> = new Set([
  "auth_refused",
  "target_gone",
  "recipient_refused",
  "rejected",
  "redirected",
  "address_forbidden",
  "secret_unreadable",
]);

export const isPermanent = (code: FailureCode): boolean => PERMANENT.has(code);

/** One message to one recipient. */
export interface OutgoingMessage {
  readonly id: Uuid;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly severity: alerts.Severity;
  /** When it was written. */
  readonly atMs?: UnixMs;
  /** JPEG, for kinds that take one. */
  readonly picture?: Uint8Array;
  /** The browser of a push message, and who we are to its push service. */
  readonly push?: PushAddress;
}

export interface PushAddress {
  readonly endpoint: string;
  /** base64url (RFC 8291 §2). */
  readonly p256dh: string;
  readonly auth: string;
  readonly vapid: Vapid;
}

/** VAPID (RFC 8292): keys base64url, the subject a URL at which the sender is reached. */
export interface Vapid {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly subject: string;
}

export interface SendContext {
  readonly allowPrivate: boolean;
  readonly nowMs: UnixMs;
  readonly timeoutMs: number;
  readonly random: Random;
  /** Ends the attempt: whatever is open must be closed. */
  readonly signal: AbortSignal;
}

/** A way to reach people. Every kind passes the same conformance suite. */
export interface NotifierPlugin<K extends alerts.ChannelSettings["kind"] = alerts.ChannelSettings["kind"]> {
  readonly kind: K;
  /** Whether a message may have a picture with it. */
  readonly takesPicture?: true;
  /** Settings that are sealed at rest and never read back. */
  readonly secretFields: readonly string[];
  /** What the schema cannot say; refuses `channel.invalid` with the field and the reason. */
  check(settings: SettingsOf<K>, options: { readonly allowPrivate: boolean }): void;
  /** URL of the other side, where there is one; the stored secrets belong to it and do not follow to another one. */
  target(settings: SettingsOf<K>): string | undefined;
  /** One message each. Never a secret. */
  recipients(settings: SettingsOf<K>): readonly string[];
  render(text: NoticeText): { readonly subject: string; readonly body: string };
  /** Never throws for what the other side does; what it throws itself is a defect. */
  send(settings: SettingsOf<K>, message: OutgoingMessage, context: SendContext): Promise<Outcome>;
}

const MAX_DETAIL = 200;

/** What the other side said, as one short line. */
export function detailOf(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL).toWellFormed()}…` : line;
}
