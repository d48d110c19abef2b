export { type Actor, type Asker, askedBy, currentAsker } from "./asker.ts";
export type { AuditEvent, AuditTrail, ForeignTransaction } from "./audit-trail.ts";
