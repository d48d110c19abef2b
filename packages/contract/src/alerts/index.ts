export * from "./alerts.ts";
export * from "./channels.ts";
export * from "./failure.ts";
export * from "./outbox.ts";
export * from "./rules.ts";
