import { refuseChannel } from "./refuse.ts";

export const PLACEHOLDERS = ["to", "text", "secret"] as const;
export type Values = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** How a value is written inside each content type that a gateway may want. */
const ENCODERS: Readonly<Record<string, (text: string) => string>> = {
  "application/json": (text) => JSON.stringify(text).slice(1, -1),
  "application/x-www-form-urlencoded": encodeURIComponent,
  "text/plain": (text) => text,
  "application/xml": escapeXml,
  "text/xml": escapeXml,
};

export const CONTENT_TYPES = Object.keys(ENCODERS);

/** Replaces `{{to}}`, `{{text}}` and `{{secret}}`; what a value holds is never looked at again. */
export function fill(template: string, values: Values, encode: (text: string) => string): string {
  return template.replace(/\{\{\s*(to|text|secret)\s*\}\}/g, (_all, name: keyof Values) =>
    encode(values[name]),
  );
}

/** The encoder of a content type, whatever its parameters; refuses `channel.invalid`. */
export function encoderOf(contentType: string): (text: string) => string {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const encoder = Object.hasOwn(ENCODERS, type) ? ENCODERS[type] : undefined;
  return encoder ?? refuseChannel("contentType", `one of ${CONTENT_TYPES.join(", ")}`);
}
