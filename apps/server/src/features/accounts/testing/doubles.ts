import { type AuditEvent, type AuditTrail, currentAsker } from "../../../platform/audit/index.ts";
import type { DirectMessage, Messenger } from "../ports.ts";

/** A ledger that only remembers; a request that records is told so, as the real one does. */
export const recordingTrail = (events: AuditEvent[]): AuditTrail => ({
  async record(_tx, event) {
    events.push(event);
    currentAsker()?.recorded.add(event.kind);
  },
});

export const recordingMessenger = (messages: DirectMessage[]): Messenger => ({
  send: async (_tx, message) => void messages.push(message),
  wake: () => undefined,
  isUsedUp: async () => false,
});
