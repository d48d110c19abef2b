import { type AuditEvent, type AuditTrail, currentAsker } from "../index.ts";

/** A trail that keeps what was recorded in memory, and insists on a transaction. */
export interface RecordingTrail extends AuditTrail {
  readonly events: AuditEvent[];
  /** `["site.created", "site.removed"]`, oldest first. */
  kinds(): string[];
}

export function recordingTrail(): RecordingTrail {
  const events: AuditEvent[] = [];
  return {
    events,
    kinds: () => events.map(({ kind }) => kind),
    async record(transaction, event) {
      if (!transaction.isTransaction) throw new Error(`${event.kind} is recorded outside a transaction`);
      events.push(event);
      currentAsker()?.recorded.add(event.kind);
    },
  };
}
