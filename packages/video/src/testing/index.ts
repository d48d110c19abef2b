export { H264 } from "./h264.ts";
export { type FrameOptions, jpegOf, segment, withMetadata } from "./jpeg-frames.ts";
