import { type Clock, newUuid, type Random } from "@gatehouse/base";
import { assertSendable, type DirectMessage, maskRecipient, type WordSeal } from "./direct-message.ts";
import type { OutboxStore } from "./outbox-store.ts";

/** Writes messages to people into the outbox, in the transaction of `store`. */
export async function queueDirect(
  store: OutboxStore,
  { tenantId, medium, purpose, expiresMs, to, subject, text, class: ofClass }: DirectMessage,
  { seal, clock, random }: { readonly seal: WordSeal; readonly clock: Clock; readonly random: Random },
): Promise<void> {
  const words = { to, subject, text };
  assertSendable(words);
  const id = newUuid(clock, random);
  const nowMs = clock.nowMs();
  await store.insert([
    {
      id,
      tenantId,
      channelName: "",
      kind: medium,
      recipient: maskRecipient(to),
      subject: "",
      body: "",
      severity: "info",
      direct: { medium, purpose, class: ofClass, expiresMs, sealed: seal.seal(id, words) },
      state: "queued",
      attempts: 0,
      counted: false,
      createdMs: nowMs,
      nextMs: nowMs,
    },
  ]);
}
