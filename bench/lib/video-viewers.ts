import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { VideoReport, VideoViewers } from "./video-viewer-worker.ts";

const WORKER = fileURLToPath(new URL("./video-viewer-worker.ts", import.meta.url));

export interface ViewerProcess {
  begin(): void;
  /** Ends the viewers. */
  end(): Promise<VideoReport>;
}

/** Viewers in a process of their own; resolves when frames come to each of them. */
export async function startVideoViewers(plan: VideoViewers): Promise<ViewerProcess> {
  const child = spawn(process.execPath, ["--no-warnings", WORKER], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = (line: string): void => void child.stdin.write(`${line}\n`);
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the viewers ended early");
    return value;
  };
  say(JSON.stringify(plan));
  await next();
  return {
    begin: () => say("begin"),
    async end() {
      say("end");
      return JSON.parse(await next()) as VideoReport;
    },
  };
}
