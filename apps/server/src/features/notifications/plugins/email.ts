import { once } from "node:events";
import { isIPv6 } from "node:net";
import { isAppError } from "@gatehouse/base";
import { createTransport } from "nodemailer";
import { Value } from "typebox/value";
import { Email } from "../addresses.ts";
import { connectionFailure, failureOf } from "./http-exchange.ts";
import { detailOf, type NotifierPlugin, type Outcome, type SettingsOf } from "./notifier-plugin.ts";
import { openSocket, resolveTarget } from "./pinned-socket.ts";
import { refuseChannel } from "./refuse.ts";

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.?$/;

/** Mail by SMTP (RFC 5321); the subject and the addresses are encoded by nodemailer and hold no line breaks. */
export const email: NotifierPlugin<"email"> = {
  kind: "email",
  takesPicture: true,
  secretFields: ["password"],
  check(settings, { allowPrivate }) {
    if (!HOST.test(settings.host) && !isIPv6(settings.host))
      refuseChannel("host", "not a host name or address");
    parseSender(settings.from);
    for (const address of settings.to) {
      if (!Value.Check(Email, address)) refuseChannel("to", `${address} is not an e-mail address`);
    }
    if (settings.security === "none" && settings.user !== "" && !allowPrivate)
      refuseChannel("security", "a password is not sent over an unencrypted connection to a public server");
  },
  target: targetOf,
  recipients: ({ to }) => to,
  render: ({ severityText, subject, lines, link, organisation }) => ({
    subject: `[${severityText}] ${subject}`,
    body: `${subject}\n\n${lines.join("\n")}\n\n${link}\n\n-- \n${organisation}\n`,
  }),
  async send(settings, message, { allowPrivate, signal, timeoutMs }) {
    try {
      const target = await resolveTarget(targetOf(settings), allowPrivate);
      const connection = openSocket(target, settings.port, signal);
      await once(connection, "connect");
      const transport = createTransport({
        host: settings.host,
        port: settings.port,
        secure: settings.security === "tls",
        requireTLS: settings.security === "starttls",
        ignoreTLS: settings.security === "none",
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        getSocket: (_options, callback) => callback(null, { connection }),
        ...(settings.user === "" ? {} : { auth: { user: settings.user, pass: settings.password } }),
      });
      const sender = parseSender(settings.from);
      try {
        const { response } = await transport.sendMail({
          from: sender,
          to: { name: "", address: message.to },
          envelope: { from: sender.address, to: [message.to] },
          subject: message.subject,
          text: message.body,
          ...(message.picture === undefined ? {} : { attachments: [inlinePicture(message.picture)] }),
          // The same for every attempt, so that a mailbox can tell a message that came twice.
          messageId: `<${message.id}@${sender.address.split("@")[1]}>`,
          headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
        });
        return { ok: true, reference: detailOf(response) };
      } finally {
        transport.close();
        connection.destroy();
      }
    } catch (error) {
      if (isAppError(error)) return failureOf(error);
      return signal.aborted ? { ok: false, code: "timeout" } : smtpFailure(error);
    }
  },
};

/** Shown below the words by most programs that read mail. */
const inlinePicture = (jpeg: Uint8Array) => ({
  filename: "picture.jpg",
  content: Buffer.from(jpeg),
  contentType: "image/jpeg",
  contentDisposition: "inline" as const,
});

/** `address` or `Name <address>`. */
function parseSender(from: string): { name: string; address: string } {
  const named = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(from);
  const name = named?.[1]?.replace(/^"(.*)"$/, "$1") ?? "";
  const address = named?.[2] ?? from.trim();
  if (!Value.Check(Email, address)) refuseChannel("from", `${from} holds no e-mail address`);
  return { name, address };
}

/** RFC 5321 §4.2.1: 4yz may succeed later, 5yz will not; RFC 4954 §6 for authentication. */
function smtpFailure(error: unknown): Outcome {
  const { code, responseCode, message } = error as { code?: string; responseCode?: number; message?: string };
  const detail = detailOf((error as { response?: string }).response ?? message ?? "");
  if (code === "ETLS") return { ok: false, code: "tls_failed", detail };
  if (responseCode !== undefined) {
    if (code === "EAUTH" ? responseCode >= 500 : [530, 534, 535, 538].includes(responseCode))
      return { ok: false, code: "auth_refused", detail };
    if (responseCode < 500) return { ok: false, code: "server_error", detail };
    return { ok: false, code: code === "EENVELOPE" ? "recipient_refused" : "rejected", detail };
  }
  if (code === "EAUTH" || code === "ENOAUTH") return { ok: false, code: "auth_refused", detail };
  if (code === "ETIMEDOUT") return { ok: false, code: "timeout", detail };
  return connectionFailure(error);
}

function targetOf({ host, port, security }: SettingsOf<"email">): string {
  const name = isIPv6(host) ? `[${host}]` : host;
  return `${security === "tls" ? "smtps" : "smtp"}://${name}:${port}/${security}`;
}
