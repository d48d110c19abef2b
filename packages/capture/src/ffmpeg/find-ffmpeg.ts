import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod } from "node:fs/promises";
import { promisify } from "node:util";
import { AppError } from "@gatehouse/base";

const ASKED_MS = 10_000;
const EXECUTABLE = 0o755;

/** The system's ffmpeg, else the one that npm brings. Refuses `ffmpeg.missing`. */
export async function findFfmpeg(): Promise<string> {
  if (await answers("ffmpeg")) return "ffmpeg";
  const bundled = await bundledPath();
  if (bundled === undefined) throw new AppError("ffmpeg.missing");
  // Archives of npm packages may lose the mode.
  await access(bundled, constants.X_OK).catch(() => chmod(bundled, EXECUTABLE).catch(() => undefined));
  if (await answers(bundled)) return bundled;
  throw new AppError("ffmpeg.missing");
}

async function answers(program: string): Promise<boolean> {
  try {
    await promisify(execFile)(program, ["-hide_banner", "-version"], { timeout: ASKED_MS, env: {} });
    return true;
  } catch {
    return false;
  }
}

/** Undefined on a system for which the package has no binary: it throws when it is loaded there. */
async function bundledPath(): Promise<string | undefined> {
  try {
    return (await import("@ffmpeg-installer/ffmpeg")).default.path;
  } catch {
    return undefined;
  }
}
