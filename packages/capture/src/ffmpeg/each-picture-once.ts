import { execFile } from "node:child_process";
import { promisify } from "node:util";

const ASKED_MS = 10_000;
/** The option has another name since 5.1, and the old one is on its way out. */
const RENAMED = { version: 6, build: 107_000 } as const;

/** Output options by which ffmpeg neither repeats nor leaves out a picture, whatever times it gives them. */
export async function eachPictureOnce(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(program, ["-hide_banner", "-version"], {
    timeout: ASKED_MS,
    env: {},
  });
  const [, build, version] = /^ffmpeg version (?:N-(\d+)|n?(\d+)\.)/.exec(stdout) ?? [];
  const isNew = Number(version ?? 0) >= RENAMED.version || Number(build ?? 0) >= RENAMED.build;
  return isNew ? ["-fps_mode", "passthrough"] : ["-vsync", "0"];
}
