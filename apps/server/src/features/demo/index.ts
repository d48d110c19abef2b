import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { up } from "./migrations/001-create.ts";
import { demoRoutes } from "./routes.ts";
import { type DemoDeps, DemoService } from "./service.ts";
import { DemoStore } from "./store.ts";
import type { DemoDatabase } from "./tables.ts";

export type { ServerEndpoints } from "./endpoints.ts";
export { Fleet } from "./fleet.ts";
export { openFilm } from "./frames/film-source.ts";
export { openFolder } from "./frames/folder-source.ts";
export type { OpenFrameSource } from "./frames/frame-source.ts";
export { SceneStudio } from "./frames/scene-studio.ts";
export type { DemoDevice, DemoFurniture, DemoInventory } from "./ports.ts";
export { SimulatedCamera } from "./simulated-camera.ts";
export type { SimulatedDeviceSpec } from "./simulated-device.ts";
export type { DemoTables } from "./tables.ts";

export const demoMigrations: FeatureMigrations = { feature: "demo", migrations: [{ id: "001-create", up }] };

export interface DemoFeature extends Feature {
  readonly demo: DemoService;
}

/** Starts no device by itself: `demo.resume()` is called once the listeners are open. */
export function createDemo(deps: Omit<DemoDeps, "store"> & { readonly db: DemoDatabase }): DemoFeature {
  const demo = new DemoService({ ...deps, store: new DemoStore(deps.db) });
  return { name: "demo", routes: demoRoutes(demo), demo, stop: () => demo.stop() };
}
