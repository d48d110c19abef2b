export { findFfmpeg } from "./find-ffmpeg.ts";
