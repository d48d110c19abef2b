import type { Clock, Logger, Random, UnixMs, Uuid } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { Blobs } from "../../platform/blobs/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { ofTenant } from "../../platform/http/resources.ts";
import type { Lookup } from "../../platform/outgoing/index.ts";
import { deriveKey, type MasterKey } from "../../platform/secrets/index.ts";
import type { OffsiteContext } from "./context.ts";
import { Copier } from "./copying/copier.ts";
import { CopyStore, markErased } from "./copying/copy-store.ts";
import { troubles } from "./copying/figures-store.ts";
import { Deposits } from "./inbox/deposits.ts";
import { inboxRoutes } from "./inbox/inbox-routes.ts";
import { InboxService } from "./inbox/inbox-service.ts";
import { InboxStore } from "./inbox/inbox-store.ts";
import { offsiteJobs } from "./jobs.ts";
import { createOffsite as createTables } from "./migrations/001-offsite.ts";
import { createInboxes } from "./migrations/002-inboxes.ts";
import { TOLD_AFTER_MS } from "./model.ts";
import type { Copies, Segments } from "./ports.ts";
import { Restoring } from "./restoring.ts";
import { offsiteRoutes } from "./routes.ts";
import { spanStates } from "./span-states.ts";
import type { OffsiteDatabase } from "./tables.ts";
import { targetSecrets } from "./targets/target-secrets.ts";
import { TargetService } from "./targets/target-service.ts";
import { TargetStore } from "./targets/target-store.ts";

export { checkDeposits, describeDeposits } from "./inbox/check-deposits.ts";
export type { Copies, SealedSegment, Segments } from "./ports.ts";
export type { OffsiteTables } from "./tables.ts";

export const offsiteMigrations: FeatureMigrations = {
  feature: "offsite",
  migrations: [createTables, createInboxes],
};

export interface OffsiteDeps {
  readonly db: OffsiteDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
  readonly masterKey: MasterKey;
  readonly segments: Segments;
  /** Of copies that others keep here. */
  readonly copyBlobs: Blobs;
  /** Devices within somebody's reach. */
  readonly cameraIds: (scope: access.Scope) => ReadonlySet<Uuid>;
  readonly lookup?: Lookup;
}

/** Copies that did not get through for an hour. */
export interface OffsiteNeed {
  readonly name: string;
  readonly sinceMs: UnixMs;
}

export interface OffsiteFeature extends Feature {
  readonly copies: Copies;
  needs(tenantId: Uuid): Promise<readonly OffsiteNeed[]>;
  /** Looks for something to copy now. */
  wake(): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
}

export function createOffsite(deps: OffsiteDeps): OffsiteFeature {
  const { clock, db, masterKey, random } = deps;
  const context: OffsiteContext = {
    ...deps,
    targets: new TargetStore(db),
    copies: new CopyStore(db),
    secrets: targetSecrets(deriveKey(masterKey, "offsite"), random),
  };
  const inboxContext = { ...deps, blobs: deps.copyBlobs };
  const inboxes = new InboxStore(db);
  const deposits = new Deposits(inboxContext);
  const copier = new Copier(context);
  const restoring = new Restoring(context);
  const targets = new TargetService(context, () => copier.wakeAll());
  return {
    name: "offsite",
    names: [
      { kind: "offsite_inbox", permission: "recording.view", list: ({ tenantId }) => inboxes.list(tenantId) },
      {
        kind: "offsite_target",
        permission: "recording.view",
        list: ({ tenantId }) => context.targets.list(tenantId),
      },
    ],
    routes: [
      ...inboxRoutes(new InboxService(inboxContext), deposits),
      ...offsiteRoutes({
        targets,
        restoring,
        states: (scope, spans) => spanStates(context, scope, spans, deps.cameraIds(scope)),
      }),
    ],
    jobs: offsiteJobs(context, { wake: () => copier.wake(), sweep: () => deposits.sweep() }),
    resources: {
      offsite_target: async (id) => ofTenant((await context.targets.find(id))?.tenantId),
      offsite_inbox: async (id) => ofTenant((await inboxes.find(id))?.tenantId),
    },
    async start() {
      await deposits.start();
      await copier.start();
    },
    async stop() {
      restoring.stop();
      await copier.stop();
    },
    copies: {
      erase: (tx, tenantId, segmentIds) => markErased(tx, tenantId, segmentIds, clock.nowMs()),
      oldestKeyGeneration: (tenantId) => context.copies.oldestKeyGeneration(tenantId),
    },
    async needs(tenantId) {
      const found = await troubles(db, tenantId);
      return found.filter(({ sinceMs }) => sinceMs <= clock.nowMs() - TOLD_AFTER_MS);
    },
    wake: () => copier.wakeAll(),
    idle: () => copier.idle(),
  };
}
