import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError, isUuid, type Random } from "@gatehouse/base";
import type { AccountsDeps } from "../features/accounts/index.ts";
import { ensurePrivateFolder, readPrivateFile, replacePrivateFile } from "../platform/secrets/index.ts";

const folderIn = (dataDir: string): string => join(dataDir, "erased");
const pathIn = (dataDir: string): string => join(folderIn(dataDir), "people.json");

/** Whether this data folder knows who was erased; every start makes sure of it. */
export const hasErasureList = (dataDir: string): boolean => existsSync(pathIn(dataDir));

/** A list of ids in a file of the data folder that no backup brings back to yesterday; there also while it is empty. */
export function erasedIdsIn(dataDir: string, random: Random): AccountsDeps["erasedIds"] {
  const [folder, path] = [folderIn(dataDir), pathIn(dataDir)];
  const write = async (ids: readonly string[]): Promise<void> => {
    await ensurePrivateFolder(folder);
    await replacePrivateFile(path, new TextEncoder().encode(JSON.stringify(ids)), random);
  };
  return {
    async read() {
      await ensurePrivateFolder(folder);
      const bytes = await readPrivateFile(path);
      if (bytes === undefined) {
        await write([]);
        return [];
      }
      const ids: unknown = JSON.parse(new TextDecoder().decode(bytes));
      if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string" && isUuid(id)))
        throw new AppError("config.invalid", { path, reason: "is not a list of ids" });
      return ids;
    },
    write,
  };
}
