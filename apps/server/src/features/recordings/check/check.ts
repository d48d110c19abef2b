import { type Clock, isAppError, type Random } from "@gatehouse/base";
import type { Signer } from "@gatehouse/ledger";
import type { Blobs } from "../../../platform/blobs/index.ts";
import { type MasterKey, sha256Hex } from "../../../platform/secrets/index.ts";
import { allSegments, findSegment } from "../all-segments-store.ts";
import { KEY_BLOB_BYTES, SegmentKeyring } from "../keyring.ts";
import { encodeChunks, keyBlob, parseBlobName, type SegmentRow, segmentBlob } from "../model.ts";
import { type FileIndex, MAX_FILE_BYTES, readIndex } from "../segment-file.ts";
import { SegmentStore } from "../segment-store.ts";
import type { RecordingDatabase } from "../tables.ts";
import { adopt } from "../upkeep/adoption.ts";

/**
 * What can be wrong. `index_differs`: the row says something else than the file. `not_signed`: it counts as sealed and
 * no signature of ours holds. `no_row`: files that the index does not know.
 */
export type ProblemKind =
  | "file_missing"
  | "key_missing"
  | "key_unreadable"
  | "bytes_differ"
  | "index_differs"
  | "altered"
  | "not_signed"
  | "not_erased"
  | "no_row";

export interface RecordingProblem {
  /** Of the segment, or the file's name where there is none. */
  readonly what: string;
  readonly kind: ProblemKind;
  readonly repaired: boolean;
}

export interface RecordingReport {
  readonly segments: number;
  readonly sealed: number;
  readonly unsigned: number;
  readonly bytes: number;
  /** Left open by a crash, or being written: the server's next start closes them. */
  readonly open: number;
  readonly problems: readonly RecordingProblem[];
}

export interface CheckDeps {
  readonly db: RecordingDatabase;
  readonly blobs: Blobs;
  readonly masterKey: MasterKey;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The index against the files, both ways: every file is read and every chunk opened. With `repair`, which wants the
 * server stopped, the index is made to say what the files say.
 */
export async function checkRecordings(
  deps: CheckDeps,
  { repair }: { repair: boolean },
): Promise<RecordingReport> {
  const check = new RecordingCheck(deps, repair);
  for await (const row of allSegments(deps.db)) await check.row(row);
  for await (const name of deps.blobs.list()) await check.file(name);
  return check.report();
}

class RecordingCheck {
  readonly #deps: CheckDeps & { readonly keyring: SegmentKeyring };
  readonly #repair: boolean;
  readonly #problems: RecordingProblem[] = [];
  readonly #count = { segments: 0, sealed: 0, unsigned: 0, bytes: 0, open: 0 };

  constructor(deps: CheckDeps, repair: boolean) {
    this.#deps = { ...deps, keyring: new SegmentKeyring(deps) };
    this.#repair = repair;
  }

  report(): RecordingReport {
    return { ...this.#count, problems: this.#problems };
  }

  async row(row: SegmentRow): Promise<void> {
    const problem = await this.#problemOf(row);
    if (problem === undefined) return;
    // What went or ended while it was looked at is no problem.
    const now = await this.#store(row).find(row.segmentId);
    if (now === undefined || now.state !== row.state) return;
    const repaired = this.#repair && (await this.#mend(row, problem));
    this.#problems.push({ what: row.segmentId, kind: problem.kind, repaired });
  }

  async file(name: string): Promise<void> {
    const segment = parseBlobName(name);
    const known = segment && (await findSegment(this.#deps.db, segment.segmentId));
    if (segment !== undefined && known?.tenantId === segment.tenantId && known.cameraId === segment.cameraId)
      return;
    let repaired = false;
    if (this.#repair && segment !== undefined) {
      const adopted = await adopt(this.#deps, segment);
      if (adopted === "useless") await this.#deps.blobs.remove(name);
      repaired = adopted !== "foreign";
    }
    this.#problems.push({ what: name, kind: "no_row", repaired });
  }

  async #problemOf(
    row: SegmentRow,
  ): Promise<{ kind: ProblemKind; found?: FileIndex; length?: number } | undefined> {
    const { blobs, keyring, signer } = this.#deps;
    const file = await blobs.read(segmentBlob(row), 0, MAX_FILE_BYTES);
    if (row.state === "erased") {
      const isGone = file === undefined && (await blobs.size(keyBlob(row))) === undefined;
      return isGone ? undefined : { kind: "not_erased" };
    }
    this.#counted(row);
    if (row.state === "open") return undefined;
    if (file === undefined) return { kind: "file_missing" };
    const key = await keyring.open(row).catch((error: unknown) => {
      if (isAppError(error, "secret.unreadable")) return "unreadable";
      throw error;
    });
    if (key === undefined) return { kind: "key_missing" };
    if (typeof key === "string") return { kind: "key_unreadable" };
    const found = readIndex(file, key, signer.key);
    const about = { found, length: file.length };
    if (row.state === "damaged") return undefined;
    if (found.fault !== undefined && found.fault !== "no_end") return { kind: "altered", ...about };
    if (row.state === "sealed" && found.fault === "no_end") return { kind: "altered", ...about };
    if (row.state === "sealed" && found.signed === undefined) return { kind: "not_signed", ...about };
    if (!saysTheSame(row, found)) return { kind: "index_differs", ...about };
    return row.bytes === file.length + KEY_BLOB_BYTES ? undefined : { kind: "bytes_differ", ...about };
  }

  #counted(row: SegmentRow): void {
    this.#count.segments++;
    this.#count.bytes += row.bytes;
    if (row.state === "open" || row.state === "sealed" || row.state === "unsigned") this.#count[row.state]++;
  }

  async #mend(
    row: SegmentRow,
    { kind, found, length }: { kind: ProblemKind; found?: FileIndex; length?: number },
  ): Promise<boolean> {
    const store = this.#store(row);
    if (kind === "file_missing" || kind === "key_missing" || kind === "not_erased") {
      await this.#deps.blobs.remove(keyBlob(row));
      await this.#deps.blobs.remove(segmentBlob(row));
      if (kind === "not_erased") await store.setState(row.segmentId, "erased", 0);
      else await store.delete(row.segmentId);
      return true;
    }
    if (kind === "altered" || kind === "not_signed") {
      await store.setState(row.segmentId, "damaged");
      return true;
    }
    if (found === undefined || length === undefined) return false;
    const { codec, firstMs, lastMs, chunks, signed } = found;
    const bytes = length + KEY_BLOB_BYTES;
    await store.rewrite(row.segmentId, {
      ...{ codec, firstMs, lastMs, chunks, bytes },
      state: signed === undefined ? "unsigned" : "sealed",
    });
    if (signed !== undefined) await store.setManifest(row.segmentId, signed.note, sha256Hex(signed.note));
    return true;
  }

  #store({ tenantId }: SegmentRow): SegmentStore {
    return new SegmentStore(this.#deps.db, tenantId);
  }
}

function saysTheSame(row: SegmentRow, found: FileIndex): boolean {
  return (
    row.firstMs === found.firstMs &&
    row.lastMs === found.lastMs &&
    row.codec === found.codec &&
    row.manifest === found.signed?.note &&
    encodeChunks(row.chunks).equals(encodeChunks(found.chunks))
  );
}

/** One line for people. */
export function describeRecordings(report: RecordingReport): string {
  const { segments, sealed, unsigned, open, bytes, problems } = report;
  const megabytes = Math.round(bytes / 1_000_000);
  const said = `${segments} segments, ${megabytes} MB: ${sealed} sealed, ${unsigned} unsigned, ${open} open`;
  const shown = problems.slice(0, 20).map(({ what, kind, repaired }) => {
    return `${what}: ${kind.replaceAll("_", " ")}${repaired ? " (repaired)" : ""}`;
  });
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return [said, ...shown, ...more].join("; ");
}
