import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installPackages } from "./camera-clips.ts";

const BINARY = "/usr/bin/motion";
const WAIT_MS = 30_000;

export interface MotionDaemon {
  readonly pid: number;
  readonly version: string;
  /** Hands it one frame. */
  give(frame: Buffer): void;
  /** Events that began. */
  events(): number;
  end(): Promise<void>;
}

export interface MotionOptions {
  readonly fps: number;
  readonly eventGapSeconds: number;
  /** Whether it keeps a film of each event, as it does unless told otherwise; else it only looks. */
  readonly films: boolean;
}

/** Debian's motion on a multipart stream of ours, with its own thresholds; an event ends after as many still seconds as ours. */
export async function startMotion({ fps, eventGapSeconds, films }: MotionOptions): Promise<MotionDaemon> {
  if (!existsSync(BINARY)) installPackages(["motion"]);
  if (!existsSync(BINARY)) throw new Error("motion is not installed: apt-get install motion");
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-motion-"));
  const watching = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "multipart/x-mixed-replace; boundary=frame" });
    response.flushHeaders();
    watching.add(response);
    response.once("close", () => watching.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const told = join(folder, "events");
  const config = join(folder, "motion.conf");
  writeFileSync(told, "");
  writeFileSync(
    config,
    [
      `netcam_url http://127.0.0.1:${port}/`,
      "width 640",
      "height 480",
      `framerate ${fps}`,
      `event_gap ${eventGapSeconds}`,
      "picture_output off",
      `movie_output ${films ? "on" : "off"}`,
      "webcontrol_port 0",
      "stream_port 0",
      `target_dir ${folder}`,
      `on_event_start echo %v >> ${told}`,
    ].join("\n"),
  );
  const child = spawn(BINARY, ["-n", "-c", config], { stdio: "ignore" });
  const daemon: MotionDaemon = {
    pid: child.pid as number,
    version: /Version ([\d.]+)/.exec(spawnSync(BINARY, ["-h"], { encoding: "utf8" }).stdout)?.[1] ?? "?",
    give(frame) {
      for (const response of watching) {
        response.write(`--frame\r\ncontent-type: image/jpeg\r\ncontent-length: ${frame.length}\r\n\r\n`);
        response.write(frame);
        response.write("\r\n");
      }
    },
    events: () => readFileSync(told, "utf8").split("\n").filter(Boolean).length,
    async end() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once("exit", resolve));
      for (const response of watching) response.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const untilMs = performance.now() + WAIT_MS;
  while (watching.size === 0) {
    if (performance.now() > untilMs) throw new Error("motion does not ask for the stream");
    await sleep(100);
  }
  return daemon;
}
