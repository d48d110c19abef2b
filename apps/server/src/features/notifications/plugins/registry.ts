import type { alerts } from "@gatehouse/contract";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { mqtt } from "./mqtt.ts";
import type { NotifierPlugin } from "./notifier-plugin.ts";
import { smsGateway } from "./sms-gateway.ts";
import { twilio } from "./twilio.ts";
import { webPush } from "./web-push.ts";
import { webhook } from "./webhook.ts";

type Kind = alerts.ChannelSettings["kind"];

/** Every way to reach people. */
export const PLUGINS: { readonly [K in Kind]: NotifierPlugin<K> } = {
  email,
  twilio,
  sms_gateway: smsGateway,
  discord,
  webhook,
  mqtt,
  web_push: webPush,
};

/** The plugin of a kind; whoever gives settings of that kind gives the right ones. */
export const pluginOf = (kind: Kind): NotifierPlugin => PLUGINS[kind] as unknown as NotifierPlugin;

/** Kinds that cost by the message and reach a telephone: an end of an alert is not worth one. */
export const SMS_KINDS: ReadonlySet<string> = new Set<Kind>(["twilio", "sms_gateway"]);
