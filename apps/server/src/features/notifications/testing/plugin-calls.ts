import { randomUUID } from "node:crypto";
import { seededRandom } from "@gatehouse/base";
import type { alerts } from "@gatehouse/contract";
import { expect } from "vitest";
import { noticeText, type Place } from "../notice-text.ts";
import type { Outcome, OutgoingMessage } from "../plugins/notifier-plugin.ts";
import { pluginOf } from "../plugins/registry.ts";
import { ALERT } from "./outbox-house.ts";

export const EVENT_URL = `https://gatehouse.example/e/${"x".repeat(48)}`;
export const PLACE: Place = {
  organisation: "Home",
  language: "en",
  timeZone: "Europe/Paris",
  publicUrl: "https://gatehouse.example",
  eventUrl: () => EVENT_URL,
};

/** Sends what is said of an alert that was raised, through the plugin of the channel. */
export const send = (
  settings: alerts.ChannelSettings,
  alert: Partial<alerts.Alert> = {},
  place = PLACE,
  part: Partial<OutgoingMessage> = {},
): Promise<Outcome> => {
  const plugin = pluginOf(settings.kind);
  const text = noticeText({ kind: "raised", alert: { ...ALERT, ...alert } }, place);
  const [to = ""] = plugin.recipients(settings);
  return plugin.send(
    settings,
    { id: ID, to, severity: text.severity, ...plugin.render(text), ...part },
    {
      allowPrivate: true,
      nowMs: Date.now(),
      timeoutMs: 10_000,
      random: seededRandom(1),
      signal: new AbortController().signal,
    },
  );
};
/** Of each message. */
export const ID = randomUUID();
export const check =
  (settings: alerts.ChannelSettings, allowPrivate = true) =>
  () =>
    pluginOf(settings.kind).check(settings, { allowPrivate });
export const refusal = (field: string) =>
  expect.objectContaining({ code: "channel.invalid", fields: expect.objectContaining({ field }) });

export const email = (port: number, part: object = {}): alerts.ChannelSettings => ({
  kind: "email",
  host: "127.0.0.1",
  port,
  security: "none",
  user: "",
  password: "",
  from: "Gatehouse <gatehouse@home.example>",
  to: ["ada@home.example"],
  ...part,
});
