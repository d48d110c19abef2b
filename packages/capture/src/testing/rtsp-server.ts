import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findFfmpeg } from "../ffmpeg/find-ffmpeg.ts";

const PYTHON = "/usr/bin/python3";
const PACKAGES = {
  "/usr/lib/python3/dist-packages/gi": "python3-gi",
  "/usr/share/doc/gir1.2-gst-rtsp-server-1.0": "gir1.2-gst-rtsp-server-1.0",
  "/usr/share/doc/gstreamer1.0-plugins-good": "gstreamer1.0-plugins-good",
};

/** Debian packages that a real RTSP server needs and that are not here. */
export const missingForRtsp = (): string[] =>
  Object.entries(PACKAGES).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));

export interface RtspServerOptions {
  readonly port?: number;
  readonly login?: { readonly user: string; readonly password: string; readonly scheme: "basic" | "digest" };
}

export interface RtspServer {
  readonly url: string;
  readonly port: number;
  /** As when the plug is pulled. */
  kill(): Promise<void>;
}

/** GStreamer's RTSP server, which gives a film from its beginning to whoever asks. */
export async function startRtspServer(
  film: string,
  { port = 0, login }: RtspServerOptions = {},
): Promise<RtspServer> {
  const script = fileURLToPath(new URL("./rtsp-server.py", import.meta.url));
  const known = login && ["--user", login.user, "--password", login.password, "--scheme", login.scheme];
  const child = spawn(PYTHON, [script, film, "--port", String(port), ...(known ?? [])], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const bound = await firstLine(child);
  return {
    url: `rtsp://127.0.0.1:${bound}/film`,
    port: Number(bound),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes("\n")) return text.trim();
  }
  throw new Error("the RTSP server ended before it said its port");
}

/** Ten pictures a second of a test card, a key frame each second; `reordered`: with pictures decoded before they are shown. */
export async function makeFilm(path: string, seconds: number, { reordered = false } = {}): Promise<void> {
  const card = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10", "-t", String(seconds)];
  const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10"];
  const order = ["-bf", reordered ? "2" : "0", "-movflags", "+faststart"];
  await promisify(execFile)(await findFfmpeg(), [
    ...["-y", "-loglevel", "error", ...card, ...coded, ...order, path],
  ]);
}
