import type { Received } from "../../apps/server/src/features/notifications/testing/doubles.ts";

export interface DiscordMessage {
  readonly embeds: readonly { readonly title: string; readonly url: string; readonly image?: object }[];
  /** Files beside the words. */
  readonly files: readonly Buffer[];
}

/** What Discord would show. */
export async function messageIn({ body, bytes, headers }: Received): Promise<DiscordMessage> {
  const type = String(headers["content-type"]);
  if (type === "application/json") return { ...JSON.parse(body), files: [] };
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  const parts = [...form.values()].filter((part) => typeof part !== "string");
  const files = await Promise.all(parts.map(async (part) => Buffer.from(await part.arrayBuffer())));
  return { ...JSON.parse(String(form.get("payload_json"))), files };
}
