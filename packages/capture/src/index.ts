export { connectDirect, type Endpoint, openConnection } from "./connect.ts";
export { Ffmpeg, type FfmpegEvents, PIPES_ALONE } from "./ffmpeg/child.ts";
export { findFfmpeg } from "./ffmpeg/find-ffmpeg.ts";
export { JpegSplitter } from "./jpeg-splitter.ts";
export { type CodedPicture, LumaDecoder, type LumaDecoderDeps } from "./luma/decoder.ts";
export { openSource } from "./open-source.ts";
export { PictureQueue } from "./picture-queue.ts";
export {
  type CaptureDeps,
  type CapturedPicture,
  type CaptureLimits,
  type Connect,
  DEFAULT_LIMITS,
  PICTURE_KINDS,
  type PictureKind,
  SOURCE_FAULTS,
  type SourceFault,
  type SourceSpec,
  sourceError,
} from "./source.ts";
export { Watch } from "./watch.ts";
