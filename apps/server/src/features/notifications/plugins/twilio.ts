import { exchange, outcomeOf } from "./http-exchange.ts";
import { detailOf, type NotifierPlugin, type Outcome } from "./notifier-plugin.ts";
import { refuseChannel } from "./refuse.ts";
import { assertPhones, smsText } from "./sms-text.ts";

const ACCOUNT = /^AC[0-9a-fA-F]{32}$/;
const MESSAGING_SERVICE = /^MG[0-9a-fA-F]{32}$/;
/** A number, a short code, or a name of letters and digits. */
const SENDER = /^(\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/;

/** Twilio's codes for a number that will never take a message. */
const RECIPIENT_CODES: ReadonlySet<unknown> = new Set([21211, 21214, 21217, 21408, 21610, 21612, 21614]);
/** Twilio's code for wrong credentials. */
const AUTHENTICATE = 20003;

/** SMS by Twilio's REST API: POST /2010-04-01/Accounts/{AccountSid}/Messages.json with Basic authentication. */
export const twilio: NotifierPlugin<"twilio"> = {
  kind: "twilio",
  secretFields: ["authToken"],
  check({ accountSid, authToken, from, to }) {
    if (!ACCOUNT.test(accountSid)) refuseChannel("accountSid", "AC and 32 hexadecimal digits");
    if (authToken === "") refuseChannel("authToken", "is missing");
    if (!SENDER.test(from) && !MESSAGING_SERVICE.test(from))
      refuseChannel("from", "a number like +33612345678, a name of up to 11 letters, or a messaging service");
    assertPhones(to);
  },
  target: ({ baseUrl }) => baseUrl,
  recipients: ({ to }) => to,
  render: smsText,
  async send({ baseUrl, accountSid, authToken, from }, { to, body }, context) {
    const form = new URLSearchParams({ To: to, Body: body });
    form.set(MESSAGING_SERVICE.test(from) ? "MessagingServiceSid" : "From", from);
    const answer = await exchange(
      `${baseUrl.replace(/\/+$/, "")}/2010-04-01/Accounts/${accountSid}/Messages.json`,
      {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`,
          "content-type": "application/x-www-form-urlencoded",
        },
        body: form.toString(),
      },
      context,
    );
    if ("ok" in answer) return answer;
    return refined(outcomeOf(answer), answer.text);
  },
};

/** Twilio says in the body what a status alone does not: {"code": 21211, "message": "…"}, or the message's `sid`. */
function refined(outcome: Outcome, text: string): Outcome {
  const { code, message, sid } = parseAnswer(text);
  if (outcome.ok) return typeof sid === "string" ? { ok: true, reference: detailOf(sid) } : outcome;
  const detail = typeof message === "string" ? detailOf(`${String(code ?? "")} ${message}`) : undefined;
  const said = { ...outcome, ...(detail === undefined ? {} : { detail }) };
  if (code === AUTHENTICATE) return { ...said, code: "auth_refused" };
  if (RECIPIENT_CODES.has(code)) return { ...said, code: "recipient_refused" };
  return said;
}

function parseAnswer(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
