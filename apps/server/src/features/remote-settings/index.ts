import type { Feature, FeatureMigrations } from "../../platform/feature.ts";
import { createRemoteSettings as createTables } from "./migrations/001-remote-settings.ts";
import { remoteSettingsRoutes } from "./routes.ts";
import { type RemoteSettingsDeps, RemoteSettingsService } from "./service.ts";

export type { SettingsDevices } from "./ports.ts";
export type { RemoteSettingsTables } from "./tables.ts";

export const remoteSettingsMigrations: FeatureMigrations = {
  feature: "remote-settings",
  migrations: [createTables],
};

export interface RemoteSettingsFeature extends Feature {
  /** What the door for devices hears of settings. */
  readonly reported: RemoteSettingsService["reported"];
}

export function createRemoteSettings(deps: RemoteSettingsDeps): RemoteSettingsFeature {
  const service = new RemoteSettingsService(deps);
  return {
    name: "remote-settings",
    routes: remoteSettingsRoutes(service),
    reported: (...said) => service.reported(...said),
  };
}
