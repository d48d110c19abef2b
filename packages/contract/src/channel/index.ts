export * from "./carriage.ts";
export * from "./device-keys.ts";
export * from "./enrolment.ts";
export * from "./keys.ts";
export * from "./policy.ts";
