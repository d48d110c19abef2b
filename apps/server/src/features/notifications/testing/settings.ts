import type { alerts } from "@gatehouse/contract";

export const SECRET = "0123456789abcdef-secret";
export const MINUTE = 60_000;
export const webhook = (url: string): alerts.ChannelSettings => ({ kind: "webhook", url, secret: SECRET });
export const discord = (webhookUrl: string): alerts.ChannelSettings => ({ kind: "discord", webhookUrl });
export const email = (port: number, part: object = {}): alerts.ChannelSettings => ({
  kind: "email",
  host: "127.0.0.1",
  port,
  security: "none",
  user: "ada",
  password: SECRET,
  from: "gatehouse@home.example",
  to: ["ada@home.example"],
  ...part,
});
export const sms = (url: string, part: object = {}): alerts.ChannelSettings => ({
  kind: "sms_gateway",
  url,
  method: "POST",
  headers: {},
  bodyTemplate: "{{to}} {{text}}",
  contentType: "text/plain",
  secret: "",
  to: ["+33612345678"],
  ...part,
});
export const twilio = (baseUrl: string): alerts.ChannelSettings => ({
  kind: "twilio",
  baseUrl,
  accountSid: `AC${"0".repeat(32)}`,
  authToken: SECRET,
  from: "+33612345678",
  to: ["+33612345679"],
});
export const mqtt = (url: string): alerts.ChannelSettings => ({
  kind: "mqtt",
  url,
  topic: "alerts",
  user: "ada",
  password: SECRET,
  qos: 1,
  retain: false,
});
