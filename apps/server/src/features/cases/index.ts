import type { UnixMs, Uuid } from "@gatehouse/base";
import { cases } from "@gatehouse/contract";
import type { AnyDatabase } from "../../platform/database/index.ts";
import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { CaseStore, findCase } from "./case-store.ts";
import type { CaseContext } from "./context.ts";
import { type CaseExportLimits, CaseExports } from "./exports/case-exports.ts";
import { caseExportRoutes } from "./exports/routes.ts";
import { type CaseOfEvent, eventIdsAt, ItemStore } from "./item-store.ts";
import { CaseLends, caseLendRoutes } from "./lends.ts";
import { createCases as createTables } from "./migrations/001-cases.ts";
import { addExportDevices } from "./migrations/002-export-devices.ts";
import type { Bundles, Lending } from "./ports.ts";
import { caseRoutes } from "./routes.ts";
import { CaseService } from "./service.ts";
import type { CaseDatabase } from "./tables.ts";
import { upkeepJob } from "./upkeep.ts";
import { CaseViews } from "./views.ts";

export type { CaseTables } from "./tables.ts";

export const casesMigrations: FeatureMigrations = {
  feature: "cases",
  migrations: [createTables, addExportDevices],
};

export interface CasesFeature extends Feature {
  /** Events whose clips are in a case. */
  eventIdsOf(tenantId: Uuid, caseId: Uuid): Promise<readonly Uuid[]>;
  /** Events of one camera that are in any case, or can be put back. */
  eventIdsAt(cameraId: Uuid): Promise<readonly Uuid[]>;
  /** Cases in which these events are, one row a pair, by number. */
  casesOf(tenantId: Uuid, eventIds: readonly Uuid[]): Promise<readonly CaseOfEvent[]>;
  /** In the transaction that erases recordings; what it answers destroys what was made of them. */
  markErased(
    tx: AnyDatabase,
    camera: { readonly tenantId: Uuid; readonly cameraId: Uuid },
    span: { readonly fromMs: UnixMs; readonly toMs: UnixMs },
  ): Promise<() => Promise<void>>;
}

export interface CasesDeps extends CaseContext {
  readonly bundles: Bundles;
  readonly lending: Lending;
  readonly exportLimits: CaseExportLimits;
  readonly sealingKey: Uint8Array;
}

/** What people collect about something that happened. */
export function createCases({
  bundles,
  exportLimits,
  lending,
  sealingKey,
  ...context
}: CasesDeps): CasesFeature {
  const { clock, db } = context;
  const views = new CaseViews(context);
  const service = new CaseService(context, views);
  const exports = new CaseExports({ context, views, bundles, sealingKey, limits: exportLimits });
  const lends = new CaseLends({ context, views, exports, lending });
  return {
    name: "cases",
    routes: [
      ...caseRoutes(service),
      ...caseExportRoutes(exports, bundles, context),
      ...caseLendRoutes(lends),
    ],
    jobs: [upkeepJob(context, exports)],
    resources: {
      // It lies nowhere: what of it somebody may see is decided clip by clip.
      async case(id) {
        const found = await findCase(db, id);
        return found && { tenantId: found.tenantId, places: () => [] };
      },
    },
    names: [
      {
        kind: "case",
        permission: "case.read",
        async list({ tenantId }, ids) {
          const found = await new CaseStore(db, tenantId).names(ids);
          return found.map(({ id, number }) => ({ id, name: cases.caseName(number) }));
        },
      },
    ],
    eventIdsOf: (tenantId, caseId) => new ItemStore(db, tenantId).eventIdsOf(caseId),
    eventIdsAt: (cameraId) => eventIdsAt(db, cameraId),
    casesOf: (tenantId, eventIds) => new ItemStore(db, tenantId).casesOf(eventIds),
    start: () => exports.start(),
    stop: () => exports.stop(),
    async markErased(tx, camera, span) {
      const own = tx as unknown as CaseDatabase;
      await new ItemStore(own, camera.tenantId).markErased(camera.cameraId, span, clock.nowMs());
      return exports.markErased(own, camera, span);
    },
  };
}
