import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { framesOf } from "../../tests/lib/clip-frames.ts";

export interface Clip {
  readonly name: string;
  readonly frames: readonly Buffer[];
}

const PLACES = {
  "one-by-one": fileURLToPath(
    new URL("../../../shared/media/one-by-one-person-detection.mp4", import.meta.url),
  ),
  vtest: "/usr/share/doc/opencv-doc/examples/data/vtest.avi",
} as const;

/** The clips that this machine has, as JPEG frames; says which it lacks. */
export async function cameraClips(fps: number, seconds: number): Promise<Clip[]> {
  if (!existsSync(PLACES.vtest)) installPackages(["opencv-doc"]);
  const clips: Clip[] = [];
  for (const [name, file] of Object.entries(PLACES)) {
    if (!existsSync(file)) {
      console.log(
        `${name} is left out: ${name === "vtest" ? "Debian's opencv-doc" : "../shared/media"} is not here`,
      );
      continue;
    }
    const frames: Buffer[] = [];
    for await (const frame of framesOf(file, { fps, seconds })) frames.push(frame);
    clips.push({ name, frames });
  }
  if (clips.length === 0) throw new Error("no clip to look at");
  return clips;
}

/** When root; else the caller says what is missing. */
export function installPackages(names: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  spawnSync("apt-get", ["install", "-y", "--no-install-recommends", ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: "ignore",
  });
}
