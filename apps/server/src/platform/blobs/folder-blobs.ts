import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm, stat, statfs, truncate } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { AppError, type Random } from "@gatehouse/base";
import { isDraft, replacePrivateFile } from "@gatehouse/base/private-file";
import type { Blobs, BlobWriter } from "./blobs.ts";

const NAME = /^[a-z0-9-]+(\/[a-z0-9-]+)*(\.[a-z0-9]+)+$/;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Blobs as files below one folder, readable by this user only. */
export function createFolderBlobs(folder: string, random: Random): Blobs {
  const known = new Set<string>();

  const pathOf = (name: string): string => {
    if (!NAME.test(name)) throw new RangeError(`no name of a blob: ${name}`);
    return join(folder, ...name.split("/"));
  };
  const ensureFolder = async (path: string): Promise<void> => {
    const parent = dirname(path);
    if (known.has(parent)) return;
    const first = await mkdir(parent, { recursive: true, mode: 0o700 });
    // Each new name up to the first folder that was made.
    for (let made = parent; first !== undefined && made.length >= first.length; made = dirname(made))
      await syncFolder(dirname(made));
    known.add(parent);
  };

  return {
    async create(name) {
      const path = pathOf(name);
      await ensureFolder(path);
      const file = await translated(() =>
        open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, 0o600),
      );
      await syncFolder(dirname(path));
      return new FolderWriter(file);
    },
    async reopen(name) {
      const file = await whereThere(() => open(pathOf(name), constants.O_WRONLY | NO_FOLLOW));
      return file && new FolderWriter(file, (await file.stat()).size);
    },
    async put(name, bytes) {
      const path = pathOf(name);
      await ensureFolder(path);
      await translated(() => replacePrivateFile(path, bytes, random));
    },
    async read(name, from, to) {
      const file = await whereThere(() => open(pathOf(name), constants.O_RDONLY | NO_FOLLOW));
      if (file === undefined) return undefined;
      try {
        const length = Math.max(0, Math.min(to, (await file.stat()).size) - from);
        const bytes = new Uint8Array(length);
        const { bytesRead } = await file.read(bytes, 0, length, from);
        return bytes.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    size: async (name) => (await whereThere(() => stat(pathOf(name))))?.size,
    async truncate(name, bytes) {
      await truncate(pathOf(name), bytes);
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
    async removeDrafts() {
      let removed = 0;
      for await (const name of listFiles(folder, folder)) {
        if (!isDraft(name)) continue;
        await rm(join(folder, ...name.split("/")), { force: true });
        removed++;
      }
      return removed;
    },
    async *list() {
      for await (const name of listFiles(folder, folder)) if (!isDraft(name)) yield name;
    },
    async space() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, blocks, bsize } = await statfs(folder);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
  };
}

class FolderWriter implements BlobWriter {
  readonly #file: FileHandle;
  #length: number;

  constructor(file: FileHandle, length = 0) {
    this.#file = file;
    this.#length = length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      let written = 0;
      while (written < bytes.length) {
        const at = this.#length + written;
        written += (await this.#file.write(bytes, written, bytes.length - written, at)).bytesWritten;
      }
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => undefined);
      throw asAppError(error);
    }
    this.#length += bytes.length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function* listFiles(folder: string, root: string): AsyncGenerator<string> {
  const entries = (await whereThere(() => readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listFiles(path, root);
    else if (entry.isFile()) yield relative(root, path).split(sep).join("/");
  }
}

async function whereThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function translated<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw asAppError(error);
  }
}

const asAppError = (error: unknown): unknown =>
  codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT"
    ? new AppError("server.disk_full", {}, { cause: error })
    : error;

/** Makes a new name survive a power cut (fsync(2), notes). */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
