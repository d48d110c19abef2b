export * from "./camera.ts";
export * from "./events.ts";
export * from "./exports.ts";
export * from "./live.ts";
export * from "./offsite.ts";
export * from "./picture.ts";
export * from "./recordings.ts";
export * from "./shares.ts";
