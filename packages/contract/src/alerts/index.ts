export * from "./alerts.ts";
export * from "./channels.ts";
export * from "./outbox.ts";
export * from "./rules.ts";
