import { exchange, outcomeOf } from "./http-exchange.ts";
import type { NotifierPlugin, OutgoingMessage } from "./notifier-plugin.ts";
import { refuseChannel } from "./refuse.ts";

/** Discord's limits of an embed, in characters. */
const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4096;
const MAX_FIELDS = 25;
const MAX_FIELD_VALUE = 1024;

const COLOURS = { info: 0x3b82f6, warning: 0xf59e0b, critical: 0xdc2626 } as const;
const PICTURE = "picture.jpg";

/** A Discord webhook: one embed. Nobody is ever mentioned, and names are text, not formatting. */
export const discord: NotifierPlugin<"discord"> = {
  kind: "discord",
  takesPicture: true,
  secretFields: ["webhookUrl"],
  check({ webhookUrl }) {
    const url = URL.parse(webhookUrl);
    if (url === null || !["http:", "https:"].includes(url.protocol))
      refuseChannel("webhookUrl", "a URL like https://discord.com/api/webhooks/…");
  },
  target: ({ webhookUrl }) => webhookUrl,
  // The URL is the secret.
  recipients: () => ["Discord"],
  render: ({ subject, severityText, lines, link }) => ({
    subject: `${severityText}: ${subject}`,
    body: `${lines.join("\n")}\n${link}`,
  }),
  async send({ webhookUrl }, message, context) {
    const url = new URL(webhookUrl);
    // Discord then answers only when the message is stored.
    url.searchParams.set("wait", "true");
    const payload = JSON.stringify({ embeds: [embedOf(message)], allowed_mentions: { parse: [] } });
    const { contentType, body } =
      message.picture === undefined
        ? { contentType: "application/json", body: payload }
        : formOf(payload, message.picture, message.id);
    const init = { method: "POST", headers: { "content-type": contentType }, body };
    return outcomeOf(await exchange(url.href, init, context));
  },
};

/** "Camera: Door": a short name, in French with a space that does not break, and the rest. */
const NAMED = /^([^:\u00a0]{1,40})\u00a0?: (.+)$/;

/** Lines as fields where they have a name, the rest as text; the address is the title's and stands in the text too. */
function embedOf({ atMs, body, picture, severity, subject }: OutgoingMessage) {
  const lines = body.split("\n");
  const link = lines.findLast((line) => /^https?:\/\//.test(line));
  const fields = lines.flatMap((line) => {
    const [, name, value] = NAMED.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [
      { name: escapeMarkdown(name.trim()), value: cut(escapeMarkdown(value), MAX_FIELD_VALUE), inline: true },
    ];
  });
  const text = lines.filter((line) => !NAMED.test(line)).join("\n");
  return {
    title: cut(escapeMarkdown(subject), MAX_TITLE),
    description: cut(escapeMarkdown(text), MAX_DESCRIPTION),
    color: COLOURS[severity],
    fields: fields.slice(0, MAX_FIELDS),
    ...(link === undefined ? {} : { url: link }),
    ...(atMs === undefined ? {} : { timestamp: new Date(atMs).toISOString() }),
    ...(picture === undefined ? {} : { image: { url: `attachment://${PICTURE}` } }),
  };
}

/** The embed and its picture as a form (RFC 7578). */
function formOf(payload: string, jpeg: Uint8Array, id: string): { contentType: string; body: Uint8Array } {
  const boundary = `gatehouse-${id}`;
  const begin = (name: string, type: string): Buffer =>
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name=${name}\r\nContent-Type: ${type}\r\n\r\n`,
    );
  const body = Buffer.concat([
    begin('"payload_json"', "application/json"),
    Buffer.from(`${payload}\r\n`),
    begin(`"files[0]"; filename="${PICTURE}"`, "image/jpeg"),
    jpeg,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** Backslashes before everything that Discord would format; addresses stay whole, so that they can be followed. */
const escapeMarkdown = (text: string): string =>
  text.replace(/https?:\/\/\S+|[\\*_~`|<>#[\]()@:-]/g, (found) => (found.length > 1 ? found : `\\${found}`));

/** Cut between characters, never after half an escape. */
function cut(text: string, length: number): string {
  return text.length <= length
    ? text
    : `${text
        .slice(0, length - 2)
        .toWellFormed()
        .replace(/\\+$/, "")}…`;
}
