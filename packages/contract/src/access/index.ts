export * from "./approvals.ts";
export * from "./grants.ts";
export * from "./reach.ts";
export * from "./roles.ts";
export * from "./schemas.ts";
export * from "./tenants.ts";
export * from "./tokens.ts";
