import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspectJpeg } from "@gatehouse/video";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import { openFilm } from "./film-source.ts";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-film-"));
const film = join(folder, "film with a space.mp4");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const source = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=5:duration=1"];
  execFileSync(await findFfmpeg(), ["-loglevel", "error", ...source, "-pix_fmt", "yuv420p", film]);
}, 60_000);

it("plays a film again and again as pictures that every server takes", { timeout: 60_000 }, async () => {
  const frames: Uint8Array[] = [];
  const failures: string[] = [];
  const source = openFilm(film, 10)(
    (jpeg) => void frames.push(jpeg),
    (reason) => void failures.push(reason),
  );
  // The film has one second: more than ten frames are its second time.
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(14), { timeout: 50_000 });
  await source.stop();
  expect(failures).toEqual([]);
  expect(frames.map((frame) => inspectJpeg(frame))).toEqual(
    frames.map(() => expect.objectContaining({ width: 640, height: 480 })),
  );
});

it("says why there are no pictures, and follows no playlist to other files", {
  timeout: 60_000,
}, async () => {
  const list = join(folder, "list.m3u8");
  writeFileSync(list, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${film}\n#EXT-X-ENDLIST\n`);
  for (const file of [join(folder, "none.mp4"), list, "http://127.0.0.1:9/film.mp4"]) {
    const frames: Uint8Array[] = [];
    const reason = await new Promise<string>((failed) =>
      openFilm(file, 10)((jpeg) => void frames.push(jpeg), failed),
    );
    expect([reason, frames.length]).toEqual([expect.stringMatching(/\S/), 0]);
  }
});
