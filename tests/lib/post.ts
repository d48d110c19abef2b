import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import {
  type HttpDouble,
  httpDouble,
  type SmtpSink,
  smtpSink,
} from "../../apps/server/src/features/notifications/testing/doubles.ts";
import { email, twilio } from "../../apps/server/src/features/notifications/testing/settings.ts";
import type { Gatehouse } from "./gatehouse.ts";
import { until } from "./until.ts";

const TWILIO = new URL("../../../shared/vectors/twilio-messages-openapi.json", import.meta.url);
const MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json";

/** Mail and SMS of a server: a real SMTP server and a double of Twilio's, both of which keep what they get. */
export interface Post extends AsyncDisposable {
  /** The newest mail to `to` that holds `pattern`, after `from` earlier mails; its first group. */
  mail(to: string, pattern: RegExp): Promise<string>;
  sms(to: string, pattern: RegExp): Promise<string>;
}

/** Quoted-printable (RFC 2045 §6.7), which is how mails in our languages travel. */
const readable = (raw: string): string =>
  raw
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Fails where a call is not as Twilio publishes it, so far as its description is beside the repository. */
function assertTwilioCall(path: string, body: string): URLSearchParams {
  const form = new URLSearchParams(body);
  expect(path).toMatch(/^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\.json$/);
  if (!existsSync(TWILIO)) return form;
  const described = JSON.parse(readFileSync(TWILIO, "utf8")).paths[MESSAGES].post.requestBody;
  const { properties } = described.content["application/x-www-form-urlencoded"].schema;
  for (const name of form.keys()) expect(Object.keys(properties)).toContain(name);
  return form;
}

export async function openPost(server: Gatehouse): Promise<Post> {
  const sink: SmtpSink = await smtpSink();
  const twilioDouble: HttpDouble = await httpDouble((_request, response) =>
    response.writeHead(201, { "content-type": "application/json" }).end('{"sid":"SM1"}'),
  );
  const common = { enabled: true, minSeverity: "info", allowPrivate: true, dailyCap: 1_000 };
  await server.call("POST", "/api/v1/channels", { ...common, name: "Mail", settings: email(sink.port) });
  await server.call("POST", "/api/v1/channels", {
    ...common,
    name: "SMS",
    settings: twilio(twilioDouble.url),
  });
  const read = { mails: 0, sms: 0 };
  return {
    mail: (to, pattern) =>
      until(`a mail to ${to}`, async () => {
        for (let n = sink.mails.length - 1; n >= read.mails; n--) {
          const mail = sink.mails[n];
          if (mail === undefined || !mail.to.includes(to)) continue;
          const found = pattern.exec(readable(mail.raw))?.[1];
          if (found === undefined) continue;
          read.mails = n + 1;
          return found;
        }
        return undefined;
      }),
    sms: (to, pattern) =>
      until(`an SMS to ${to}`, async () => {
        for (let n = twilioDouble.received.length - 1; n >= read.sms; n--) {
          const call = twilioDouble.received[n];
          if (call === undefined) continue;
          const form = assertTwilioCall(call.path, call.body);
          if (form.get("To") !== to) continue;
          const found = pattern.exec(form.get("Body") ?? "")?.[1];
          if (found === undefined) continue;
          read.sms = n + 1;
          return found;
        }
        return undefined;
      }),
    async [Symbol.asyncDispose]() {
      await Promise.all([sink[Symbol.asyncDispose](), twilioDouble[Symbol.asyncDispose]()]);
    },
  };
}
