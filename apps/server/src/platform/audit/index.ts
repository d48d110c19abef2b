export { type Actor, type Asker, askedBy, currentAsker } from "./asker.ts";
export type { AuditEvent, AuditTrail } from "./audit-trail.ts";
