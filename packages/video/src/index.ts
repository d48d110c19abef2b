export { inspectFragment, picturesIn } from "./fmp4/fragment.ts";
export { inspectInit, type VideoFault, type VideoInit } from "./fmp4/init.ts";
export {
  encodeFrameMessage,
  FRAME_MESSAGE_HEADER_BYTES,
  type FrameMessage,
  parseFrameMessage,
} from "./frame-message.ts";
export {
  DEFAULT_JPEG_LIMITS,
  inspectJpeg,
  JPEG_FAULTS,
  type JpegFault,
  type JpegInspection,
  type JpegLimits,
} from "./jpeg.ts";
export { type H264Config, h264ConfigOf, withStartCodes } from "./mp4/annex-b.ts";
export { FilmClock, LONGEST_GAP_MS } from "./mp4/film-clock.ts";
export { FilmIndex, type FilmSample, type FilmTrack } from "./mp4/film-index.ts";
export { keyFrameOf } from "./mp4/key-frame.ts";
export { describeTrack, Fmp4Splitter, type Sample, samplesOf, type TrackDescription } from "./mp4/read.ts";
export { avcDescription, vp9Description } from "./mp4/sample-description.ts";
export { sampleTimes } from "./mp4/sample-times.ts";
export {
  MAX_CHUNKS,
  openChunk,
  placeChunks,
  placeOfContent,
  SEALING_BYTES,
  sealChunk,
} from "./segment/chunks.ts";
export { CIPHERS, type CipherId, type SegmentCrypto } from "./segment/crypto.ts";
export { encodeFound, Found, MAX_FOUND, parseFound } from "./segment/found.ts";
export {
  encodeFrames,
  FRAME_KINDS,
  type Frame,
  type FrameKind,
  isPicture,
  isVideo,
  parseFrames,
} from "./segment/frames.ts";
export {
  createHeader,
  HEADER_BYTES,
  type OpenSegment,
  openHeader,
  parseHeader,
  type SegmentHeader,
  type SegmentIdentity,
} from "./segment/header.ts";
export {
  isManifestSignedBy,
  parseManifest,
  type SegmentManifest,
  type SignedManifest,
  signManifest,
} from "./segment/manifest.ts";
export {
  compareWithManifest,
  framesRoot,
  framesRootOf,
  readSegment,
  type SegmentContents,
  type SegmentFault,
} from "./segment/read.ts";
export type { SegmentTrailer } from "./segment/trailer.ts";
export { type Sealing, SegmentWriter } from "./segment/writer.ts";
export { uuidBytes, uuidOf } from "./uuid.ts";
