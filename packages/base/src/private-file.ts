import { constants } from "node:fs";
import { link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "./app-error.ts";
import type { Random } from "./random.ts";

const OTHERS = 0o077;
/** Windows has no mode bits; its files inherit the user's own folder's access list. */
const hasModes = process.platform !== "win32";

/** Makes `folder` readable by this user only; refuses `config.invalid` when it exists and others can enter it. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  refuseOpenToOthers(folder, (await stat(folder)).mode, "700");
}

/** The file's bytes, undefined when there is none. Refuses `config.invalid` for a link or a file others can read. */
export async function readPrivateFile(path: string): Promise<Uint8Array | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new AppError(
      "config.invalid",
      { path, reason: `The file cannot be read (${code}).` },
      { cause: error },
    );
  }
  try {
    refuseOpenToOthers(path, (await file.stat()).mode, "600");
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Writes `bytes` to a new file of mode 0600, complete or not at all, durable on return.
 * Answers false, and changes nothing, when the file exists already.
 */
export async function createPrivateFile(path: string, bytes: Uint8Array, random: Random): Promise<boolean> {
  const draft = await writeDraft(path, bytes, random);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(path);
  return true;
}

/** Like `createPrivateFile`, in place of what is there. */
export async function replacePrivateFile(path: string, bytes: Uint8Array, random: Random): Promise<void> {
  await rename(await writeDraft(path, bytes, random), path);
  await syncFolder(path);
}

const DRAFT = /\.[0-9a-f]{16}\.tmp$/;

/** Whether a file of this name is what a crash left of a write: never whole for certain, and nobody's. */
export const isDraft = (name: string): boolean => DRAFT.test(name);

async function writeDraft(path: string, bytes: Uint8Array, random: Random): Promise<string> {
  const draft = `${path}.${Buffer.from(random.bytes(8)).toString("hex")}.tmp`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return draft;
}

/** Makes a new name in the folder survive a power cut (fsync(2), notes). */
async function syncFolder(path: string): Promise<void> {
  if (!hasModes) return;
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function refuseOpenToOthers(path: string, mode: number, wanted: string): void {
  if (!hasModes || (mode & OTHERS) === 0) return;
  const found = (mode & 0o777).toString(8);
  throw new AppError("config.invalid", {
    path,
    reason: `Other users of this machine have access (mode ${found}). Run: chmod ${wanted} '${path}'`,
  });
}
