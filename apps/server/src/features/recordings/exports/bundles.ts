import { isAppError, type Uuid } from "@gatehouse/base";
import type { ZipFile } from "../../../platform/archives/index.ts";
import type { RecordingContext } from "../context.ts";
import type { SegmentRow } from "../model.ts";
import type { Evidence } from "../ports.ts";
import type { Stills } from "../reading/stills.ts";
import type { Views, Watcher } from "../reading/views.ts";
import {
  type ClipSource,
  type ClipSpan,
  type ClipWork,
  clipFiles,
  signedOf,
  wholeSegments,
} from "./clip-files.ts";
import { ExportWorker, type Orders } from "./export-worker.ts";
import { whileBusy } from "./recorded-frames.ts";
import type { RenderFilm } from "./render.ts";
import type { OpenSealedFile, OwnsFile, SealedFiles, SealedName } from "./sealed-files.ts";
import type { Turns } from "./turns.ts";

/** Archives of several clips for whoever collects them: made in their turn, sealed at rest, under the room of exports. */
export interface Bundles {
  /** Refuses `export.no_room`. */
  assertRoom(tenantId: Uuid): Promise<void>;
  /** Makes what waits, one after the other. */
  worker<Row extends { readonly id: Uuid }>(orders: Orders<Row>): ExportWorker<Row>;
  /** Whole segments of a span, sealed and signed where they can be. Refuses `export.empty`, `export.too_large`. */
  segmentsOf(clip: ClipSpan): Promise<readonly SegmentRow[]>;
  /** Those of them that are signed. */
  signedOf(segments: readonly SegmentRow[]): readonly SegmentRow[];
  /** Manifests, frames and list of a clip. */
  clipFiles(clip: ClipSpan, work: ClipWork): AsyncGenerator<ZipFile>;
  /** The JPEG of an instant; undefined where none is recorded, or can be made of what is. */
  still(clip: ClipSpan, atMs: number): Promise<Uint8Array | undefined>;
  readonly render: RenderFilm;
  /** In the turn of films and archives. */
  turn<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T>;
  /** Seals bytes as a file; nothing of it is left when it rejects. Answers its length. */
  seal(name: SealedName, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number>;
  /** Undefined when there is no such file. Refuses `export.damaged`. */
  open(name: SealedName): Promise<OpenSealedFile | undefined>;
  remove(name: SealedName): Promise<void>;
  /** Before the start: whose files stay when the server begins. */
  addOwner(owns: OwnsFile): void;
  readonly evidence: Evidence;
  /** Indexes of the entries of the audit log about the manifests of these; absent where there is none yet. */
  logIndexes(tenantId: Uuid, segmentIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, number>>;
  /** That what was made is fetched stands in the audit log when it resolves. */
  noteFetched(who: Watcher, clip: { readonly cameraId: Uuid; readonly fromMs: number }): Promise<void>;
}

interface BundleParts {
  readonly source: ClipSource;
  readonly evidence: Evidence;
  readonly files: SealedFiles;
  readonly stills: Pick<Stills, "picture">;
  readonly turns: Turns;
  readonly views: Views;
  readonly render: RenderFilm;
  readonly atOnce: number;
  assertRoom(tenantId: Uuid): Promise<void>;
}

export function createBundles(
  context: Pick<RecordingContext, "clock" | "entries" | "log">,
  parts: BundleParts,
): Bundles {
  const { atOnce, evidence, files, render, source, stills, turns, views } = parts;
  return {
    assertRoom: (tenantId) => parts.assertRoom(tenantId),
    worker: (orders) => new ExportWorker({ ...context, atOnce }, orders),
    segmentsOf: (clip) => wholeSegments(source, clip),
    signedOf,
    clipFiles: (clip, work) => clipFiles(source, clip, work),
    async still({ cameraId, fromMs, tenantId, toMs }, atMs) {
      const picture = () => stills.picture({ tenantId, cameraId }, { atMs, fromMs, toMs });
      try {
        return await whileBusy(context.clock, picture);
      } catch (error) {
        if (!isAppError(error)) throw error;
        if (error.code !== "camera.no_picture")
          context.log.warn({ cameraId, code: error.code }, "export.still_missing");
        return undefined;
      }
    },
    render,
    turn: (signal, act) => turns.take(signal, act),
    async seal(name, bytes, signal) {
      const writer = await files.create(name);
      try {
        for await (const part of bytes) {
          signal.throwIfAborted();
          await writer.append(part);
        }
        return await writer.finish();
      } catch (error) {
        await writer.abandon();
        await files.remove(name);
        throw error;
      }
    },
    open: (name) => files.open(name),
    remove: (name) => files.remove(name),
    addOwner: (owns) => files.addOwner(owns),
    evidence,
    logIndexes: (...asked) => context.entries.sealedIn(...asked),
    noteFetched: (who, { cameraId, fromMs: firstMs }) =>
      views.record(who, { cameraId, firstMs, via: "export" }),
  };
}
