import type { alerts } from "@gatehouse/contract";
import webpush from "web-push";
import { messagesIn, type NoticeText, oneLine, type Place, testText } from "../notice-text.ts";
import { exchange, outcomeOf } from "./http-exchange.ts";
import type { NotifierPlugin, PushAddress } from "./notifier-plugin.ts";

/** A push service keeps a message for a browser that is away; an alert of yesterday is no news. */
const TTL_S: Record<alerts.Severity, number> = { info: 14_400, warning: 43_200, critical: 86_400 };
const MAX_TITLE = 120;
const MAX_BODY = 600;
/** Of the clear text: its length tells whoever is between nothing (4096 is the most that is taken, RFC 8291 §4). */
const PADDED_BYTES = 2_048;

/** What the service worker gets. A picture never goes this way. */
export interface PushPayload {
  readonly title: string;
  readonly body: string;
  /** Path within the console. */
  readonly url: string;
  /** A later message with the same one replaces this one. */
  readonly tag: string;
  readonly actions: readonly { readonly action: "open" | "acknowledge"; readonly title: string }[];
  /** What `acknowledge` is about. */
  readonly alertId?: string;
}

/** Web Push to the browsers in which people asked for it: RFC 8030, encrypted for the browser alone (RFC 8291). */
export const webPush: NotifierPlugin<"web_push"> = {
  kind: "web_push",
  secretFields: [],
  check: () => undefined,
  target: () => undefined,
  // Who listens is found when the message is sent.
  recipients: () => ["Web Push"],
  render: (text) => ({ subject: text.subject, body: JSON.stringify(payloadOf(text)) }),
  async send(_settings, { body, push, severity }, context) {
    if (push === undefined) return { ok: false, code: "target_gone" };
    const request = pushRequest(push, body, severity);
    return outcomeOf(await exchange(push.endpoint, request, context));
  },
};

/** The request that carries a payload; throws for keys that are none. */
export function pushRequest(
  { endpoint, p256dh, auth, vapid }: PushAddress,
  payload: string,
  severity: alerts.Severity,
): { readonly method: "POST"; readonly headers: Record<string, string>; readonly body: Uint8Array } {
  const { tag } = JSON.parse(payload) as Partial<PushPayload>;
  const { headers, body } = webpush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    padded(payload),
    {
      TTL: TTL_S[severity],
      urgency: severity === "info" ? "normal" : "high",
      vapidDetails: vapid,
      ...(tag === undefined ? {} : { topic: topicOf(tag) }),
    },
  );
  const { "Content-Length": _, ...rest } = headers as Record<string, string | number>;
  return {
    method: "POST",
    headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, `${value}`])),
    body: body ?? new Uint8Array(),
  };
}

/** JSON takes white space at its end. */
function padded(payload: string): string {
  return payload + " ".repeat(Math.max(0, PADDED_BYTES - Buffer.byteLength(payload)));
}

/** At most 32 base64url characters (RFC 8030 §5.4). */
const topicOf = (tag: string): string => tag.replace(/[^A-Za-z0-9_]/g, "").slice(0, 32);

export function payloadOf({ alert, event, language, lines, link, subject }: NoticeText): PushPayload {
  const { push } = messagesIn(language);
  const { pathname, search } = new URL(link);
  const open = { action: "open", title: push.open } as const;
  const isAnswerable = alert !== undefined && alert.state === "active" && event !== "alert.resolved";
  return {
    title: cut(subject, MAX_TITLE),
    body: cut(lines.join("\n"), MAX_BODY),
    url: pathname + search,
    tag: alert?.id ?? event,
    actions: isAnswerable ? [{ action: "acknowledge", title: push.acknowledge }, open] : [open],
    ...(isAnswerable ? { alertId: alert.id } : {}),
  };
}

/** A message to oneself. */
export function pushTest(label: string, place: Place): NoticeText {
  const messages = messagesIn(place.language);
  return {
    ...testText("", place),
    lines: [messages.push.test(oneLine(label))],
    link: `${place.publicUrl}/account`,
  };
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
