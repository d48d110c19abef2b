import { exchange, outcomeOf } from "./http-exchange.ts";
import type { NotifierPlugin } from "./notifier-plugin.ts";
import { refuseChannel } from "./refuse.ts";
import { assertPhones, smsText } from "./sms-text.ts";
import { encoderOf, fill } from "./template.ts";

/** RFC 9110 §5.6.2 */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
/** What the connection itself needs. */
const RESERVED = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "content-type",
  "upgrade",
]);

const SAMPLE = { to: "+33612345678", text: 'a "quoted" text & more', secret: "secret" };

/** SMS by any HTTP gateway: the body is a template, and the secret may stand in it or in a header. */
export const smsGateway: NotifierPlugin<"sms_gateway"> = {
  kind: "sms_gateway",
  secretFields: ["secret"],
  check({ bodyTemplate, contentType, headers, to }) {
    assertPhones(to);
    const encode = encoderOf(contentType);
    if (!HEADER_VALUE.test(contentType))
      refuseChannel("contentType", "holds a character that a header cannot");
    if (!/\{\{\s*text\s*\}\}/.test(bodyTemplate)) refuseChannel("bodyTemplate", "{{text}} is missing");
    if (contentType.startsWith("application/json")) assertJson(fill(bodyTemplate, SAMPLE, encode));
    for (const [name, value] of Object.entries(headers)) {
      if (!HEADER_NAME.test(name) || RESERVED.has(name.toLowerCase()))
        refuseChannel("headers", `${name} cannot be set`);
      if (!HEADER_VALUE.test(value))
        refuseChannel("headers", `${name} holds a character that a header cannot`);
    }
  },
  target: ({ url }) => url,
  recipients: ({ to }) => to,
  render: smsText,
  async send({ bodyTemplate, contentType, headers, method, secret, url }, { id, to, body }, context) {
    const values = { to, text: body, secret };
    const filled = Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      value.replace(/\{\{\s*secret\s*\}\}/g, () => secret),
    ]);
    return outcomeOf(
      await exchange(
        url,
        {
          method,
          headers: { "idempotency-key": id, ...Object.fromEntries(filled), "content-type": contentType },
          body: fill(bodyTemplate, values, encoderOf(contentType)),
        },
        context,
      ),
    );
  },
};

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    refuseChannel("bodyTemplate", "is not JSON when it is filled in");
  }
}
