import { open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@gatehouse/base";
import { ensurePrivateFolder, readPrivateFile } from "@gatehouse/base/private-file";
import type { ModelFile } from "@gatehouse/detect";
import type { CameraModel } from "@gatehouse/device-types/camera-words";
import { createSha256 } from "@gatehouse/secure-channel";

type File = CameraModel["files"][number];

/** Of all models together. */
export const MAX_SHELF_BYTES = 384 * 1_048_576;
/** A piece that does not come for this long is asked for by whoever comes next. */
const CLAIM_MS = 30_000;
const NAME = /^([0-9a-f]{64})(\.part)?$/;

/**
 * Files of models that cameras of this machine look with, by their SHA-256, and what came of such until now as
 * `SHA256.part`. All 0600. One file serves every camera that wants it.
 */
export class ModelShelf {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** Bytes by name; a whole one is called by its hash. */
  readonly #sizes = new Map<string, number>();
  readonly #wanted = new Map<string, readonly string[]>();
  readonly #claims = new Map<string, { readonly by: string; readonly atMs: number }>();

  private constructor(folder: string, clock: Clock, maxBytes: number) {
    this.#folder = folder;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  static async open(folder: string, clock: Clock, maxBytes = MAX_SHELF_BYTES): Promise<ModelShelf> {
    await ensurePrivateFolder(folder);
    const shelf = new ModelShelf(folder, clock, maxBytes);
    for (const name of await readdir(folder))
      if (NAME.test(name)) shelf.#sizes.set(name, (await stat(join(folder, name))).size);
      else await rm(join(folder, name), { force: true, recursive: true });
    return shelf;
  }

  /** What a camera looks with stays; undefined: nothing any more. */
  want(cameraId: string, model: CameraModel | undefined): void {
    if (model === undefined) this.#wanted.delete(cameraId);
    else
      this.#wanted.set(
        cameraId,
        model.files.map(({ sha256 }) => sha256),
      );
  }

  isWhole({ sha256 }: File): boolean {
    return this.#sizes.has(sha256);
  }

  /** How many bytes came of it. */
  bytesOf({ sha256, bytes }: File): number {
    return this.#sizes.has(sha256) ? bytes : (this.#sizes.get(part(sha256)) ?? 0);
  }

  /** Whether this camera is the one that asks for it now. */
  claim({ sha256 }: File, cameraId: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#claims.get(sha256);
    if (known !== undefined && known.by !== cameraId && nowMs - known.atMs < CLAIM_MS) return false;
    this.#claims.set(sha256, { by: cameraId, atMs: nowMs });
    return true;
  }

  /** Whether all of it finds room; what no camera wants goes for it, the one first that lay here longest. */
  async makeRoom(file: File): Promise<boolean> {
    const needed = file.bytes - this.bytesOf(file);
    const wanted = new Set([...this.#wanted.values()].flat());
    const aged = await Promise.all(
      [...this.#sizes.keys()]
        .filter((name) => !wanted.has(name.slice(0, 64)))
        .map(async (name) => ({ name, atMs: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    for (const { name } of aged.toSorted((one, other) => one.atMs - other.atMs)) {
      if (this.#bytes + needed <= this.#maxBytes) break;
      await this.#remove(name);
    }
    return this.#bytes + needed <= this.#maxBytes;
  }

  /** What comes next of it, on disk when it resolves. The last piece is compared with the hash: `damaged` is gone again. */
  async append(file: File, bytes: Uint8Array): Promise<"more" | "whole" | "damaged"> {
    const name = part(file.sha256);
    const handle = await open(join(this.#folder, name), "a", 0o600);
    try {
      await handle.appendFile(bytes);
      await handle.datasync();
      this.#sizes.set(name, (await handle.stat()).size);
    } finally {
      await handle.close();
    }
    if (this.bytesOf(file) < file.bytes) return "more";
    this.#claims.delete(file.sha256);
    if ((await this.#hashOf(name)) !== file.sha256) {
      await this.#remove(name);
      return "damaged";
    }
    await rename(join(this.#folder, name), join(this.#folder, file.sha256));
    this.#sizes.delete(name);
    this.#sizes.set(file.sha256, file.bytes);
    return "whole";
  }

  /** Undefined where a file is not here, or is not any more what it was: then it is gone, and comes anew. */
  async read({ files }: CameraModel): Promise<ModelFile | undefined> {
    const found: Partial<Record<File["file"], Uint8Array>> = {};
    for (const { file, sha256 } of files) {
      const bytes = await readPrivateFile(join(this.#folder, sha256));
      const hash = createSha256();
      hash.update(bytes ?? new Uint8Array());
      if (bytes === undefined || hexOf(hash.digest()) !== sha256) {
        await this.#remove(sha256);
        return undefined;
      }
      const nowMs = this.#clock.nowMs();
      await utimes(join(this.#folder, sha256), nowMs / 1_000, nowMs / 1_000);
      found[file] = bytes;
    }
    return modelOf(found);
  }

  get #bytes(): number {
    return [...this.#sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  async #hashOf(name: string): Promise<string> {
    const hash = createSha256();
    const handle = await open(join(this.#folder, name), "r");
    for await (const bytes of handle.createReadStream()) hash.update(bytes as Uint8Array);
    return hexOf(hash.digest());
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    this.#sizes.delete(name);
  }
}

function modelOf({
  onnx,
  param,
  bin,
  metadata,
}: Partial<Record<File["file"], Uint8Array>>): ModelFile | undefined {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (onnx !== undefined) return { format: "onnx", bytes: new Uint8Array(onnx) };
  if (param === undefined || bin === undefined) return undefined;
  const weights = new Uint8Array(bin);
  return {
    ...{ format: "ncnn", param: text(param), weights },
    ...(metadata === undefined ? {} : { metadata: text(metadata) }),
  };
}

const part = (sha256: string): string => `${sha256}.part`;
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
