export * from "./camera.ts";
export * from "./events.ts";
export * from "./live.ts";
export * from "./picture.ts";
export * from "./recordings.ts";
