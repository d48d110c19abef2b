export { type LogLine, recordingLogger } from "./recording-logger.ts";
export { type VirtualClock, virtualClock } from "./virtual-clock.ts";
