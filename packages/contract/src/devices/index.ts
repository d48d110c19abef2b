export * from "./claims.ts";
export * from "./commands.ts";
export * from "./credentials.ts";
export * from "./device.ts";
export * from "./history.ts";
export * from "./ingest.ts";
export * from "./inventory.ts";
export * from "./sites.ts";
