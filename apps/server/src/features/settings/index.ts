import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { up } from "./migrations/001-create.ts";
import { settingsRoutes } from "./routes.ts";
import { type SettingsDeps, SettingsService } from "./service.ts";
import { SettingsStore } from "./store.ts";
import type { SettingsDatabase } from "./tables.ts";

export { DEFAULT_SETTINGS, type SiteSettings } from "./model.ts";
export type { SettingsTables } from "./tables.ts";

export const settingsMigrations: FeatureMigrations = {
  feature: "settings",
  migrations: [{ id: "001-create", up }],
};

export interface SettingsFeature extends Feature {
  readonly settings: SettingsService;
}

/** Ask `settings` only after `start`. */
export function createSettings(
  deps: Omit<SettingsDeps, "store"> & { readonly db: SettingsDatabase },
): SettingsFeature {
  const settings = new SettingsService({ ...deps, store: new SettingsStore(deps.db) });
  return { name: "settings", routes: settingsRoutes(settings), settings, start: () => settings.load() };
}
