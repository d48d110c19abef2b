import type { DirectMessage } from "../ports.ts";

/** The six digits of the last message to this address. */
export function codeTo(messages: readonly DirectMessage[], to: string): string {
  const text = lastTo(messages, to).text;
  const [code] = /\b\d{3} ?\d{3}\b/.exec(text) ?? [];
  if (code === undefined) throw new Error(`no code in: ${text}`);
  return code;
}

/** What stands behind the `#` of the link in the last message to this address. */
export function tokenTo(messages: readonly DirectMessage[], to: string): string {
  const text = lastTo(messages, to).text;
  const [, token] = /https:\/\/\S+#([\w-]+)/.exec(text) ?? [];
  if (token === undefined) throw new Error(`no link in: ${text}`);
  return token;
}

export function lastTo(messages: readonly DirectMessage[], to: string): DirectMessage {
  const message = messages.findLast((one) => one.to === to);
  if (message === undefined) throw new Error(`nothing to ${to}`);
  return message;
}

export const purposes = (messages: readonly DirectMessage[]): string[] =>
  messages.map(({ medium, purpose }) => `${medium} ${purpose}`);
