export { type Actor, type Asker, askedBy, currentAsker, recognise, unasked } from "./asker.ts";
export type { AuditEvent, AuditTrail } from "./audit-trail.ts";
