import { type Clock, isAppError, type Random, type UnixMs, type Uuid } from "@gatehouse/base";
import type { Signer } from "@gatehouse/ledger";
import type { AuditTrail } from "../../../platform/audit/index.ts";
import type { Blobs } from "../../../platform/blobs/index.ts";
import { ALL_ON, type Controls } from "../../../platform/controls.ts";
import { type MasterKey, sha256Hex } from "../../../platform/secrets/index.ts";
import { allSegments, findSegment } from "../all-segments-store.ts";
import { KEY_BLOB_BYTES, SegmentKeyring } from "../keyring.ts";
import { encodeChunks, keyBlob, parseBlobName, type SegmentRow, segmentBlob } from "../model.ts";
import type { CameraKeys, LogEntries } from "../ports.ts";
import { type FileIndex, MAX_FILE_BYTES, readIndex } from "../segment-file.ts";
import { SegmentStore } from "../segment-store.ts";
import type { RecordingDatabase } from "../tables.ts";
import { adopt } from "../upkeep/adoption.ts";

/**
 * What can be wrong. `index_differs`: the row says something else than the file. `not_signed`: it counts as sealed and
 * no signature of ours holds. `not_logged`: the audit log never heard of it. `log_differs`: what is signed is not, or
 * not always was, what the log has. `no_row`: files that the index does not know.
 */
export type ProblemKind =
  | "file_missing"
  | "key_missing"
  | "key_unreadable"
  | "bytes_differ"
  | "index_differs"
  | "altered"
  | "not_signed"
  | "not_logged"
  | "log_differs"
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
  /** Known not to open as it was sealed. */
  readonly damaged: number;
  readonly bytes: number;
  /** Left open by a crash, or being written: the server's next start closes them. */
  readonly open: number;
  /** Segments before which a sealed one is missing: it made room, its time was over, or somebody left it out. */
  readonly gaps: readonly Uuid[];
  readonly problems: readonly RecordingProblem[];
}

export interface CheckDeps {
  readonly db: RecordingDatabase;
  readonly blobs: Blobs;
  readonly masterKey: MasterKey;
  readonly signer: Signer;
  readonly cameraKeys?: CameraKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly entries: Pick<LogEntries, "hashesOf" | "forgottenUntilMs">;
  /** Where an entry goes about a segment that is found without a row. */
  readonly audit: AuditTrail;
  readonly controls?: Controls;
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
  readonly #deps: CheckDeps & { readonly cameraKeys: CameraKeys; readonly keyring: SegmentKeyring };
  readonly #repair: boolean;
  readonly #problems: RecordingProblem[] = [];
  readonly #count = { segments: 0, sealed: 0, unsigned: 0, damaged: 0, bytes: 0, open: 0 };
  /** Of each camera, the newest manifest so far: rows come in the order in which they were begun. */
  readonly #chains = new Map<Uuid, string>();
  readonly #gaps: Uuid[] = [];
  readonly #forgottenUntilMs = new Map<Uuid, UnixMs>();

  constructor(deps: CheckDeps, repair: boolean) {
    this.#deps = { ...deps, cameraKeys: deps.cameraKeys ?? noKeys, keyring: new SegmentKeyring(deps) };
    this.#repair = repair;
  }

  report(): RecordingReport {
    return { ...this.#count, gaps: this.#gaps, problems: this.#problems };
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
    const { blobs, cameraKeys, keyring, signer } = this.#deps;
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
    const found = readIndex(file, key, [signer.key, ...(await cameraKeys(row.cameraId))]);
    const about = { found, length: file.length };
    if (row.state === "damaged") return undefined;
    if (found.fault !== undefined && found.fault !== "no_end") return { kind: "altered", ...about };
    if (row.state === "sealed" && found.fault === "no_end") return { kind: "altered", ...about };
    if (row.state === "sealed" && found.signed === undefined) return { kind: "not_signed", ...about };
    if (!saysTheSame(row, found)) return { kind: "index_differs", ...about };
    if (row.bytes !== file.length + KEY_BLOB_BYTES) return { kind: "bytes_differ", ...about };
    if (found.signed !== undefined) this.#follow(row, found.signed);
    const kind = await this.#objectionOfLog(row, found.signed && sha256Hex(found.signed.note));
    return kind && { kind, ...about };
  }

  /**
   * The log had each manifest in the transaction that sealed it, and has it for ever. So it knows of no segment that a
   * crash left unsigned: one that it knows was sealed, and somebody cut off its end.
   */
  async #objectionOfLog(row: SegmentRow, sha256: string | undefined): Promise<ProblemKind | undefined> {
    const { controls = ALL_ON, entries } = this.#deps;
    if (!controls.sealedEntries) return undefined;
    const { tenantId, segmentId, lastMs } = row;
    const logged = await entries.hashesOf(tenantId, segmentId);
    if (logged.some((hash) => hash !== sha256)) return "log_differs";
    if (logged.length > 0 || sha256 === undefined) return undefined;
    const untilMs = this.#forgottenUntilMs.get(tenantId) ?? (await entries.forgottenUntilMs(tenantId));
    this.#forgottenUntilMs.set(tenantId, untilMs);
    return lastMs > untilMs ? "not_logged" : undefined;
  }

  #follow({ cameraId, segmentId }: SegmentRow, { note, manifest }: NonNullable<FileIndex["signed"]>): void {
    const before = this.#chains.get(cameraId);
    if (before !== undefined && before !== manifest.previous) this.#gaps.push(segmentId);
    this.#chains.set(cameraId, sha256Hex(note));
  }

  #counted(row: SegmentRow): void {
    this.#count.segments++;
    this.#count.bytes += row.bytes;
    if (row.state !== "erased") this.#count[row.state]++;
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
    if (kind === "log_differs" || kind === "altered" || kind === "not_signed") {
      await store.setState(row.segmentId, "damaged");
      return true;
    }
    if (kind === "not_logged" || found === undefined || length === undefined) return false;
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

const noKeys: CameraKeys = async () => [];

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
  const { segments, sealed, unsigned, damaged, open, bytes, gaps, problems } = report;
  const megabytes = Math.round(bytes / 1_000_000);
  const said = `${segments} segments, ${megabytes} MB: ${sealed} sealed, ${unsigned} unsigned, ${damaged} damaged, ${open} open, ${gaps.length} with one missing before`;
  const shown = problems.slice(0, 20).map(({ what, kind, repaired }) => {
    return `${what}: ${kind.replaceAll("_", " ")}${repaired ? " (repaired)" : ""}`;
  });
  const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
  return [said, ...shown, ...more].join("; ");
}
