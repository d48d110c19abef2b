import type { alerts } from "@gatehouse/contract";

export type Kind = alerts.ChannelSettings["kind"];
export const KINDS = [
  "email",
  "twilio",
  "sms_gateway",
  "discord",
  "webhook",
  "mqtt",
  "web_push",
] as const satisfies readonly Kind[];

/** How one field of a channel is typed in; `list` is one entry a line, `pairs` is `Name: value` a line,
 * `people` their ids. */
export type FieldKind =
  | "line"
  | "secret"
  | "number"
  | "list"
  | "text"
  | "pairs"
  | "flag"
  | "people"
  | "security"
  | readonly string[];

export const SECURITIES = ["tls", "starttls", "none"] as const;

export const FIELDS = {
  email: {
    host: "line",
    port: "number",
    security: "security",
    user: "line",
    password: "secret",
    from: "line",
    to: "list",
  },
  twilio: { accountSid: "line", authToken: "secret", from: "line", to: "list", baseUrl: "line" },
  sms_gateway: {
    url: "line",
    method: ["POST", "PUT"],
    contentType: "line",
    headers: "pairs",
    bodyTemplate: "text",
    secret: "secret",
    to: "list",
  },
  discord: { webhookUrl: "secret" },
  webhook: { url: "line", secret: "secret" },
  mqtt: {
    url: "line",
    topic: "line",
    user: "line",
    password: "secret",
    qos: ["0", "1", "2"],
    retain: "flag",
  },
  web_push: { personIds: "people" },
} as const satisfies Record<Kind, Record<string, FieldKind>>;

type AllKeys<T> = T extends unknown ? keyof T : never;
export type FieldName = AllKeys<(typeof FIELDS)[Kind]>;

/** What stands in the form: text for every field. */
export type Values = Readonly<Record<string, string>>;

/** What the server fills in, by its name in the texts of the form. */
export const PLACEHOLDERS = { to: "{{to}}", text: "{{text}}", secret: "{{secret}}" } as const;

export const START: Record<Kind, Values> = {
  email: { port: "587", security: "starttls" },
  twilio: { baseUrl: "https://api.twilio.com" },
  sms_gateway: {
    method: "POST",
    contentType: "application/json",
    bodyTemplate: `{"to":"${PLACEHOLDERS.to}","text":"${PLACEHOLDERS.text}"}`,
  },
  discord: {},
  webhook: {},
  mqtt: { url: "mqtt://", topic: "gatehouse/alerts", qos: "1", retain: "" },
  web_push: {},
};

export const fieldsOf = (kind: Kind): [FieldName, FieldKind][] =>
  Object.entries(FIELDS[kind] as Record<string, FieldKind>) as [FieldName, FieldKind][];

export function valuesOf(settings: alerts.ChannelSettings): Values {
  const read = settings as unknown as Record<string, unknown>;
  return Object.fromEntries(fieldsOf(settings.kind).map(([name]) => [name, textOf(read[name])]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join("\n");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([name, text]) => `${name}: ${text}`)
      .join("\n");
  if (typeof value === "boolean") return value ? "yes" : "";
  return value === undefined ? "" : String(value);
}

export function settingsOf(kind: Kind, values: Values): alerts.ChannelSettings {
  const typed = fieldsOf(kind).map(([name, field]) => [name, typedOf(name, field, values[name] ?? "")]);
  return { kind, ...Object.fromEntries(typed) } as alerts.ChannelSettings;
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function typedOf(name: string, field: FieldKind, text: string): unknown {
  if (field === "list" || field === "people") return linesOf(text);
  if (field === "pairs") return Object.fromEntries(linesOf(text).map(pairOf));
  if (field === "number" || name === "qos") return Number(text);
  if (field === "flag") return text !== "";
  return field === "line" ? text.trim() : text;
}

function pairOf(line: string): [string, string] {
  const at = line.indexOf(":");
  return at === -1 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

const OPTIONAL: readonly FieldName[] = ["user", "headers", "retain", "personIds"];

/** Fields that still need a value; a stored secret may stay empty. */
export function missingOf(kind: Kind, values: Values, isNew: boolean): FieldName[] {
  return fieldsOf(kind)
    .filter(([name, field]) => {
      if (OPTIONAL.includes(name)) return false;
      if (field === "secret")
        return isNew && (name === "authToken" || name === "webhookUrl") && !values[name];
      return linesOf(values[name] ?? "").length === 0;
    })
    .map(([name]) => name);
}
