import { type FileHandle, open, readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "@gatehouse/base";
import { ensurePrivateFolder, readPrivateFile, replacePrivateFile } from "@gatehouse/base/private-file";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";

const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What is known of a segment that ended; a file of its own beside it. Times in ms since 1970. */
export const ClipMark = Type.Object(
  {
    v: Type.Literal(1),
    startMs: Count,
    firstMs: Count,
    lastMs: Count,
    bytes: Count,
    /** Its signed manifest; empty where a crash took its end. */
    manifest: Type.String({ maxLength: 8_192 }),
    /** SHA-256 of it. */
    manifestSha256: Type.Union([Hash, Type.Null()]),
    /** An event wants it. */
    needed: Type.Boolean(),
    /** It is to be brought to the server. */
    sent: Type.Union([Type.Literal("no"), Type.Literal("wanted")]),
  },
  { additionalProperties: false },
);
export type ClipMark = Static<typeof ClipMark>;

const NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(ghs|key|json)$/;

/** Which files of a segment there are. */
export type ClipParts = ReadonlySet<"ghs" | "key" | "json">;

/** Sealed segments of one camera on this machine's disk: `ID.ghs`, its wrapped key and, once it ended, its mark. All 0600. */
export class ClipFiles {
  readonly #folder: string;
  readonly #random: Random;

  private constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
  }

  static async open(folder: string, random: Random): Promise<ClipFiles> {
    await ensurePrivateFolder(folder);
    return new ClipFiles(folder, random);
  }

  /** What is no file of a segment, a draft that a crash left say, goes. */
  async list(): Promise<Map<string, ClipParts>> {
    const found = new Map<string, Set<"ghs" | "key" | "json">>();
    for (const name of await readdir(this.#folder)) {
      const [, id, part] = NAME.exec(name) ?? [];
      if (id === undefined) await rm(join(this.#folder, name), { force: true, recursive: true });
      else found.set(id, (found.get(id) ?? new Set()).add(part as "ghs" | "key" | "json"));
    }
    return found;
  }

  create(id: string): Promise<FileHandle> {
    return open(this.#path(id, "ghs"), "wx", 0o600);
  }

  /** Whole, or from … to; fewer where it ends before. */
  async read(id: string, from: number, to: number): Promise<Uint8Array> {
    const file = await open(this.#path(id, "ghs"), "r");
    try {
      const length = Math.max(0, Math.min(to, (await file.stat()).size) - from);
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  truncate(id: string, bytes: number): Promise<void> {
    return truncate(this.#path(id, "ghs"), bytes);
  }

  async readKey(id: string): Promise<Uint8Array | undefined> {
    return readPrivateFile(this.#path(id, "key"));
  }

  writeKey(id: string, wrapped: Uint8Array): Promise<void> {
    return replacePrivateFile(this.#path(id, "key"), wrapped, this.#random);
  }

  /** Undefined for what is none. */
  async readMark(id: string): Promise<ClipMark | undefined> {
    try {
      const bytes = await readPrivateFile(this.#path(id, "json"));
      const value: unknown = bytes && JSON.parse(Buffer.from(bytes).toString());
      return Check(ClipMark, value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  writeMark(id: string, mark: ClipMark): Promise<void> {
    return replacePrivateFile(this.#path(id, "json"), Buffer.from(JSON.stringify(mark)), this.#random);
  }

  /** The key first: without it the rest is nothing. */
  async remove(id: string): Promise<void> {
    for (const part of ["key", "json", "ghs"] as const) await rm(this.#path(id, part), { force: true });
  }

  #path(id: string, part: "ghs" | "key" | "json"): string {
    return join(this.#folder, `${id}.${part}`);
  }
}
