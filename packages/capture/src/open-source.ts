import { openFile } from "./local/file.ts";
import { openFolder } from "./local/folder.ts";
import { openV4l2 } from "./local/v4l2.ts";
import { openMultipart } from "./multipart/open.ts";
import { openRtsp } from "./rtsp/open.ts";
import type { CaptureDeps, CapturedPicture, SourceSpec } from "./source.ts";

/**
 * Pictures of a source, until it ends: with an error that says why (`camera.source_…` with a `reason` of SOURCE_FAULTS,
 * `ffmpeg.missing`), or without one when `signal` ended it. Whoever takes slowly makes the other side wait: take at once,
 * and let the newest win elsewhere.
 */
export function openSource(spec: SourceSpec, deps: CaptureDeps): AsyncIterable<CapturedPicture> {
  switch (spec.kind) {
    case "rtsp":
      return openRtsp(spec, deps);
    case "multipart":
      return openMultipart(spec, deps);
    case "v4l2":
      return openV4l2(spec, deps);
    case "file":
      return openFile(spec, deps);
    case "folder":
      return openFolder(spec, deps);
  }
}
