export { type LogLine, recordingLogger } from "./recording-logger.ts";
export { type S3Double, type S3DoubleOptions, s3Double } from "./s3/s3-double.ts";
export { sendOn } from "./send-on.ts";
export { type VirtualClock, virtualClock } from "./virtual-clock.ts";
