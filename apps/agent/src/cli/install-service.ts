import { execFile } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AppError, systemRandom } from "@gatehouse/base";
import { KeptCameras } from "../cameras/kept-cameras.ts";
import { loadConfig } from "../config/load.ts";
import { openStateFolder } from "../state/state-folder.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";
import { systemdUnit } from "./systemd-unit.ts";

const UNIT_NAME = "gatehouse-agent.service";

/** Writes the unit, or shows it with --print. Starts nothing: that is one command, which it says. */
export async function runInstallService(
  folder: string,
  { options }: CommandLine,
  output: Output,
): Promise<void> {
  const state = await openStateFolder(folder, systemRandom);
  await state.getIdentity();
  const { ledControl } = await loadConfig(state.configPath);
  const { cameras } = await new KeptCameras(state, systemRandom).list();
  const unit = systemdUnit({
    nodePath: process.execPath,
    mainPath: fileURLToPath(new URL("../main.ts", import.meta.url)),
    stateDir: folder,
    user: await ownerOf(folder),
    writesLeds: ledControl.length > 0,
    cameras: cameras.map(({ source }) => source),
  });
  if (options.print === true) {
    output.result({ unit }, () => unit.trimEnd());
    return;
  }
  const path = options["unit-file"] ?? `/etc/systemd/system/${UNIT_NAME}`;
  try {
    await writeFile(path, unit, { mode: 0o644 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError(
      "request.invalid",
      { path, reason: `${code}: run this as root, or with --print` },
      { cause },
    );
  }
  output.result({ path }, () => `${path} is written. Next: systemctl enable --now ${UNIT_NAME}`);
}

/** Name of the user whose keys they are: the service runs as nobody else. */
async function ownerOf(folder: string): Promise<string> {
  const { uid } = await stat(folder);
  if (uid === process.getuid?.()) return userInfo().username;
  const { stdout } = await promisify(execFile)("id", ["-nu", String(uid)]);
  return stdout.trim();
}
