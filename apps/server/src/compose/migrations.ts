import { accountsMigrations } from "../features/accounts/index.ts";
import { alertsMigrations } from "../features/alerts/index.ts";
import { cameraEventsMigrations } from "../features/camera-events/index.ts";
import { camerasMigrations } from "../features/cameras/index.ts";
import { casesMigrations } from "../features/cases/index.ts";
import { channelMigrations } from "../features/channel/index.ts";
import { demoMigrations } from "../features/demo/index.ts";
import { detectorsMigrations } from "../features/detectors/index.ts";
import { devicesMigrations } from "../features/devices/index.ts";
import { gatewayMigrations } from "../features/gateway/index.ts";
import { labMigrations } from "../features/lab/index.ts";
import { ledgerMigrations } from "../features/ledger/index.ts";
import { notificationsMigrations } from "../features/notifications/index.ts";
import { offsiteMigrations } from "../features/offsite/index.ts";
import { permissionsMigrations } from "../features/permissions/index.ts";
import { recordingsMigrations } from "../features/recordings/index.ts";
import { sharesMigrations } from "../features/recordings/shares/index.ts";
import { remoteSettingsMigrations } from "../features/remote-settings/index.ts";
import { settingsMigrations } from "../features/settings/index.ts";
import { siteGatewaysMigrations } from "../features/site-gateways/index.ts";
import { telemetryMigrations } from "../features/telemetry/index.ts";
import { tenantsMigrations } from "../features/tenants/index.ts";
import { trustMigrations } from "../features/trust/index.ts";
import type { FeatureMigrations } from "../platform/feature.ts";

/** Every feature's schema, in the order of their foreign keys. */
export const ALL_MIGRATIONS: readonly FeatureMigrations[] = [
  accountsMigrations,
  settingsMigrations,
  devicesMigrations,
  permissionsMigrations,
  tenantsMigrations,
  channelMigrations,
  gatewayMigrations,
  telemetryMigrations,
  siteGatewaysMigrations,
  remoteSettingsMigrations,
  trustMigrations,
  camerasMigrations,
  recordingsMigrations,
  sharesMigrations,
  cameraEventsMigrations,
  casesMigrations,
  detectorsMigrations,
  offsiteMigrations,
  alertsMigrations,
  notificationsMigrations,
  demoMigrations,
  labMigrations,
  ledgerMigrations,
];
