import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { ofTenant } from "../../platform/http/resources.ts";
import { LabProgram } from "./lab-program.ts";
import { createLabRuns } from "./migrations/001-create.ts";
import { labRoutes } from "./routes.ts";
import { LabService, type LabServiceDeps } from "./service.ts";
import { LabStore } from "./store.ts";
import type { LabDatabase } from "./tables.ts";

export type { LabTables } from "./tables.ts";

export const labMigrations: FeatureMigrations = { feature: "lab", migrations: [createLabRuns] };

export interface LabFeatureDeps extends Pick<LabServiceDeps, "clock" | "random" | "log" | "audit"> {
  readonly db: LabDatabase;
}

export function createLab({ db, ...deps }: LabFeatureDeps): Feature {
  const store = new LabStore(db);
  const service = new LabService({
    ...deps,
    store,
    program: new LabProgram(deps.clock),
  });
  return {
    name: "lab",
    routes: labRoutes(service),
    resources: {
      lab_run: async (id) => ofTenant(await store.tenantOf(id)),
    },
    start: () => service.start(),
    stop: () => service.stop(),
  };
}
