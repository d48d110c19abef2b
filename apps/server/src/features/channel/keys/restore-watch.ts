import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, isUuid, newUuid, type Random, systemRandom, type UnixMs } from "@gatehouse/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { ensurePrivateFolder, readPrivateFile, replacePrivateFile } from "../../../platform/secrets/index.ts";
import type { ChannelDatabase } from "../tables.ts";
import { findAnchor, putAnchor } from "./recovery-store.ts";

/** What of the channel lives beside the database: below the data folder, and in no backup. */
export const channelFolder = (dataDir: string): string => join(dataDir, "channel");

/** A mark that cannot be read is one all the same. */
function readMark(text: string): FoundRestore {
  try {
    const mark: unknown = JSON.parse(text);
    if (Check(Mark, mark)) return mark;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { id: `mark ${text.trim().slice(0, 40)}` };
}

const anchorPath = (folder: string): string => join(folder, "anchor");
const markPath = (folder: string): string => join(folder, "restored");

/** What our own command restores. */
export interface RestoredBackup {
  readonly madeMs: UnixMs;
  /** SHA-256 of its manifest, hex. */
  readonly sha256: string;
}

/** An older database is there: by our command, which knows the backup, or by whatever else. */
export interface FoundRestore {
  /** The same until the recovery from this restore is done. */
  readonly id: string;
  readonly backup?: RestoredBackup;
}

const Mark = Type.Object({
  id: Type.String({ maxLength: 64 }),
  backup: Type.Object({ madeMs: Type.Integer({ minimum: 0 }), sha256: Type.String({ maxLength: 64 }) }),
});

/** Called by a restore before it touches anything: the next start recovers, even if the restore is cut short. */
export async function markRestored(
  dataDir: string,
  backup: RestoredBackup,
  clock: Clock,
  random: Random = systemRandom,
): Promise<void> {
  const folder = channelFolder(dataDir);
  await ensurePrivateFolder(folder);
  const mark: Static<typeof Mark> = { id: newUuid(clock, random), backup };
  await replacePrivateFile(markPath(folder), Buffer.from(`${JSON.stringify(mark)}\n`), random);
}

/**
 * Notices that the database is an older one than the last time, however it was put back. Database and data folder
 * share a token that changes at every start: a database of before does not know it. A restore by our own command
 * leaves a mark besides, because a backup of this very run knows the token.
 */
export class RestoreWatch {
  readonly #folder: string;
  readonly #db: ChannelDatabase;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(deps: { readonly folder: string; readonly db: ChannelDatabase; clock: Clock; random: Random }) {
    this.#folder = deps.folder;
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** Undefined when the database is the one of the last start. */
  async find(): Promise<FoundRestore | undefined> {
    const mark = await readPrivateFile(markPath(this.#folder));
    if (mark !== undefined) return readMark(Buffer.from(mark).toString());
    const [tokens, anchor] = [await this.#tokens(), await findAnchor(this.#db)];
    if (tokens.length === 0 && anchor === undefined) return undefined;
    if (anchor !== undefined && tokens.includes(anchor)) return undefined;
    return { id: `${tokens.at(-1) ?? "no folder"}/${anchor ?? "no database"}` };
  }

  /** After the recovery, if there was one. A crash at any step is not taken for a restore. */
  async settle(): Promise<void> {
    const anchor = await findAnchor(this.#db);
    const token = newUuid(this.#clock, this.#random);
    await this.#write(anchor === undefined ? [token] : [anchor, token]);
    await putAnchor(this.#db, token);
    await this.#write([token]);
    await rm(markPath(this.#folder), { force: true });
  }

  /** The token, and during a start the one before. */
  async #tokens(): Promise<string[]> {
    const bytes = await readPrivateFile(anchorPath(this.#folder));
    return Buffer.from(bytes ?? [])
      .toString()
      .split("\n")
      .filter(isUuid);
  }

  #write(tokens: readonly string[]): Promise<void> {
    return replacePrivateFile(anchorPath(this.#folder), Buffer.from(`${tokens.join("\n")}\n`), this.#random);
  }
}
