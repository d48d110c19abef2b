import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { sourceError } from "../source.ts";
import type { V4l2Format, V4l2Spec } from "./v4l2.ts";

/** Cameras at this machine, so that tests can have some without. */
export interface VideoDevices {
  /** What a device offers, as ffmpeg lists it; undefined: there is none. */
  list(program: string, device: string): Promise<string | undefined>;
  /** What opens it: ffmpeg's arguments up to and with `-i`. */
  input(spec: V4l2Spec, format: V4l2Format): readonly string[];
}

const ASKED_MS = 10_000;

/** Video4Linux2, by ffmpeg's own reader. */
export const v4l2Devices: VideoDevices = {
  async list(program, device) {
    try {
      await access(device, constants.R_OK | constants.W_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      throw sourceError("connection", code, error);
    }
    const args = ["-nostdin", "-hide_banner", "-f", "v4l2", "-list_formats", "all", "-i", device];
    return new Promise((resolve) => {
      // It ends with an error, for it was told to open nothing.
      execFile(program, args, { timeout: ASKED_MS, env: {} }, (_error, _out, told) => resolve(told));
    });
  },
  input: ({ device, width, height, framesPerSecond }, format) => [
    ...["-f", "v4l2", ...(format === "mjpeg" ? ["-input_format", "mjpeg"] : [])],
    ...["-framerate", String(framesPerSecond), "-video_size", `${width}x${height}`, "-i", device],
  ],
};
