import { exchange, outcomeOf } from "./http-exchange.ts";
import type { NotifierPlugin } from "./notifier-plugin.ts";
import { refuseChannel } from "./refuse.ts";

/** Discord's limits of an embed, in characters. */
const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4096;

const COLOURS = { info: 0x3b82f6, warning: 0xf59e0b, critical: 0xdc2626 } as const;

/** A Discord webhook: one embed. Nobody is ever mentioned, and names are text, not formatting. */
export const discord: NotifierPlugin<"discord"> = {
  kind: "discord",
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
  async send({ webhookUrl }, { subject, body, severity }, context) {
    const url = new URL(webhookUrl);
    // Discord then answers only when the message is stored.
    url.searchParams.set("wait", "true");
    return outcomeOf(
      await exchange(
        url.href,
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            embeds: [
              {
                title: cut(escapeMarkdown(subject), MAX_TITLE),
                description: cut(escapeMarkdown(body), MAX_DESCRIPTION),
                color: COLOURS[severity],
              },
            ],
            allowed_mentions: { parse: [] },
          }),
        },
        context,
      ),
    );
  },
};

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
