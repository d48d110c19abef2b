import { chown, lstat, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "../secrets/index.ts";
import type { Launcher } from "./launcher.ts";

/** The embedded database listens on no TCP port; the number only names its socket file. */
export const SOCKET_PORT = 5432;

/** `sun_path` of unix(7) holds 108 bytes with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 107;

export const socketPath = (folder: string): string => join(folder, `.s.PGSQL.${SOCKET_PORT}`);

/**
 * The folder of the database's socket: the data folder itself (0700), or where its path is too long for a
 * socket, a 0700 folder below the system's temporary one, the same at every start.
 */
export async function openSocketFolder(dataDir: string, launcher: Launcher): Promise<string> {
  if (Buffer.byteLength(socketPath(dataDir)) <= MAX_SOCKET_PATH_BYTES) return dataDir;
  const wanted = join(tmpdir(), `gatehouse-${sha256Hex(dataDir).slice(0, 16)}`);
  await mkdir(wanted, { mode: 0o700 }).catch(() => undefined);
  // Anybody may have put something under this name before us.
  const found = await lstat(wanted);
  const ours = found.uid === launcher.uid || found.uid === process.getuid?.();
  const folder =
    found.isDirectory() && ours && (found.mode & 0o077) === 0 ? wanted : await mkdtemp(`${wanted}-`);
  await chown(folder, launcher.uid, launcher.gid);
  return folder;
}
