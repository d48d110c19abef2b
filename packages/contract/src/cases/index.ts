export * from "./case.ts";
export * from "./cases.ts";
export * from "./exports.ts";
export * from "./lends.ts";
