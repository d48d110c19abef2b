import type { Uuid } from "@gatehouse/base";
import { findFfmpeg } from "../../../platform/ffmpeg/index.ts";
import type { Resources } from "../../../platform/http/resources.ts";
import type { Route } from "../../../platform/http/route.ts";
import type { JobDefinition } from "../../../platform/jobs/jobs.ts";
import type { RecordingContext } from "../context.ts";
import type { Evidence } from "../ports.ts";
import type { ContentReader } from "../reading/content.ts";
import type { Stills } from "../reading/stills.ts";
import type { Views } from "../reading/views.ts";
import { makeArchive } from "./archive.ts";
import { type Bundles, createBundles } from "./bundles.ts";
import { exportRoutes } from "./export-routes.ts";
import {
  type ExportRow,
  ExportStore,
  findExport,
  ownsFile,
  restartRunning,
  takeWaiting,
} from "./export-store.ts";
import { ExportWorker } from "./export-worker.ts";
import { type ExportLimits, Exports } from "./exports.ts";
import type { Camera } from "./recorded-frames.ts";
import type { RenderFilm } from "./render.ts";
import { createRenderer } from "./renderer.ts";
import type { OpenSealedFile, OwnsFile, SealedFiles, SealedName } from "./sealed-files.ts";
import { Turns } from "./turns.ts";

export type { ExportLimits } from "./exports.ts";

export const DEFAULT_EXPORT_LIMITS: ExportLimits = {
  atOnce: 1,
  keepMs: 86_400_000,
  maxExports: 50,
  maxBytes: 20_000_000_000,
};

/** Films of recordings for whoever needs them: made in their turn, sealed at rest. */
export interface Films {
  /** Refuses `ffmpeg.missing` where none can be made of pictures, and `export.no_room`. */
  assertPossible(tenantId: Uuid): Promise<void>;
  readonly render: RenderFilm;
  /** Undefined when there is no such file. Refuses `export.damaged`. */
  open(name: SealedName): Promise<OpenSealedFile | undefined>;
  /** Gone when it resolves, with its key; also when it was not there. */
  remove(name: SealedName): Promise<void>;
  /** Before the start: whose files stay when the server begins. */
  addOwner(owns: OwnsFile): void;
}

interface Parts {
  readonly content: ContentReader;
  readonly views: Views;
  readonly files: SealedFiles;
  readonly limits: ExportLimits;
  readonly evidence: Evidence;
  readonly stills: Stills;
  /** What is being written of a camera is sealed and signed when it resolves. */
  readonly endSegment: (camera: Camera) => Promise<void>;
}

export interface Exporting {
  readonly exports: Exports;
  readonly films: Films;
  readonly bundles: Bundles;
  readonly routes: readonly Route[];
  readonly resources: Resources;
  readonly job: JobDefinition;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What people take out of recordings, and films for others. */
export function createExporting(context: RecordingContext, parts: Parts): Exporting {
  const { cameras, db } = context;
  const { content, evidence, files, limits, stills, views } = parts;
  const turns = new Turns(limits.atOnce);
  const render = createRenderer({ ...context, content, files, turns });
  const worker = new ExportWorker<ExportRow>(
    { ...context, atOnce: limits.atOnce },
    {
      take: () => takeWaiting(db),
      make: (row, signal, onProgress) =>
        row.form === "frames"
          ? makeArchive({ ...context, ...parts, turns }, row, signal, onProgress)
          : render({ ...row, fileId: row.id, signal, onProgress }),
      async end({ id, tenantId }, ending) {
        const store = new ExportStore(db, tenantId);
        return (await store.end(id, { ...ending, endedMs: context.clock.nowMs() })) !== undefined;
      },
      remove: ({ id: fileId, tenantId, cameraId }) => files.remove({ tenantId, cameraId, fileId }),
    },
  );
  const exports = new Exports({ ...context, files, worker, limits });
  files.addOwner((name) => ownsFile(db, name));
  return {
    exports,
    films: {
      async assertPossible(tenantId) {
        await findFfmpeg();
        await exports.assertRoom(tenantId);
      },
      render,
      open: (name) => files.open(name),
      remove: (name) => files.remove(name),
      addOwner: (owns) => files.addOwner(owns),
    },
    bundles: createBundles(context, {
      ...{ evidence, files, render, stills, turns, views, atOnce: limits.atOnce },
      source: { ...context, ...parts },
      assertRoom: (tenantId) => exports.assertRoom(tenantId),
    }),
    routes: exportRoutes(exports, views),
    resources: {
      async recording_export(id: Uuid) {
        const found = await findExport(db, id);
        if (found === undefined) return undefined;
        const { tenantId, cameraId: deviceId } = found;
        return {
          tenantId,
          places() {
            const camera = cameras.find(deviceId);
            return camera === undefined ? undefined : [{ siteId: camera.siteId, deviceId }];
          },
        };
      },
    },
    job: {
      name: "recordings.exports",
      cron: "* * * * *",
      run: (_data, signal) => exports.removeExpired(signal),
    },
    async start() {
      await restartRunning(db);
      const removed = await files.sweep();
      if (removed > 0) context.log.info({ removed }, "exports.swept");
      worker.start();
    },
    stop: () => worker.stop(),
  };
}
