import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { cameras } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { ofTenant } from "../../platform/http/resources.ts";
import type { Lookup } from "../../platform/outgoing/index.ts";
import { deriveKey, type MasterKey } from "../../platform/secrets/index.ts";
import type { DetectorsContext } from "./context.ts";
import { DetectorStore } from "./detector-store.ts";
import { createDetectors as createTables } from "./migrations/001-detectors.ts";
import type { ModelFileRecord } from "./model.ts";
import { type OpenedDetector, openById } from "./opening.ts";
import type { CamerasInUse } from "./ports.ts";
import { remoteSecrets } from "./remote-secret.ts";
import { detectorRoutes } from "./routes.ts";
import { DetectorService } from "./service.ts";
import type { DetectorDatabase } from "./tables.ts";
import { Trying } from "./trying.ts";
import { UploadStore } from "./upload-store.ts";
import { Uploads } from "./uploads.ts";

export type { OpenedDetector } from "./opening.ts";
export type { CamerasInUse, CameraUse } from "./ports.ts";
export type { DetectorTables } from "./tables.ts";

export const detectorsMigrations: FeatureMigrations = { feature: "detectors", migrations: [createTables] };

export interface DetectorsDeps {
  readonly db: DetectorDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly masterKey: MasterKey;
  readonly camerasInUse: CamerasInUse;
  readonly lookup?: Lookup;
}

/** Without files: one that is elsewhere. */
export interface ChosenDetector {
  readonly name: string;
  readonly files: readonly ModelFileRecord[];
}

type DetectorId = cameras.DetectionSettings["detector"];

export interface DetectorsFeature extends Feature {
  /** Ready to look; whoever opens it closes it. Refuses `detector.not_found`, `detector.model_invalid`, `detector.failed`. */
  open(tenantId: Uuid, id: DetectorId): Promise<OpenedDetector>;
  /** What of it a machine of the organisation needs to look with it; undefined where there is none. */
  chosen(tenantId: Uuid, id: DetectorId): Promise<ChosenDetector | undefined>;
  /** A piece of a file of a model: at most `bytes` from there on, within a part of it; undefined where there is none. */
  readPiece(
    tenantId: Uuid,
    id: Uuid,
    file: cameras.ModelFileName,
    from: number,
    bytes: number,
  ): Promise<Uint8Array | undefined>;
  /** Whether the organisation has it. */
  has(tenantId: Uuid, id: DetectorId): Promise<boolean>;
  /** Told of each that is another one now, or gone. Returns the end of it. */
  onChanged(listener: (tenantId: Uuid, id: Uuid) => void): () => void;
}

export function createDetectors(deps: DetectorsDeps): DetectorsFeature {
  const { db, masterKey, random } = deps;
  const context: DetectorsContext = {
    ...deps,
    secrets: remoteSecrets(deriveKey(masterKey, "detectors"), random),
  };
  const store = new DetectorStore(db);
  const listeners = new Set<(tenantId: Uuid, id: Uuid) => void>();
  const uploads = new Uploads(context);
  const service = new DetectorService(context, (...changed) => {
    for (const listener of listeners) listener(...changed);
  });
  return {
    name: "detectors",
    names: [{ kind: "detector", permission: "camera.view", list: ({ tenantId }) => store.list(tenantId) }],
    routes: detectorRoutes({ service, uploads, trying: new Trying(context) }),
    jobs: [{ name: "detectors.unfinished", cron: "29 * * * *", run: () => uploads.sweep() }],
    resources: {
      detector: async (id) => ofTenant((await store.find(id))?.tenantId),
      model_upload: async (id) => ofTenant(await uploads.ownerOf(id)),
    },
    open: (tenantId, id) => openById(context, tenantId, id),
    async chosen(tenantId, id) {
      const record = id === "built_in" ? undefined : await store.find(id, tenantId);
      if (record === undefined) return undefined;
      const { name } = record;
      return record.kind === "remote" ? { name, files: [] } : { name, files: record.files };
    },
    async readPiece(tenantId, id, file, from, bytes) {
      const record = await store.find(id, tenantId);
      return record === undefined ? undefined : new UploadStore(db).readPiece(id, file, from, bytes);
    },
    has: async (tenantId, id) => id === "built_in" || (await store.find(id, tenantId)) !== undefined,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
