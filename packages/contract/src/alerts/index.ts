export * from "./alerts.ts";
export * from "./channels.ts";
export * from "./event-links.ts";
export * from "./failure.ts";
export * from "./outbox.ts";
export * from "./push.ts";
export * from "./quiet-hours.ts";
export * from "./rules.ts";
