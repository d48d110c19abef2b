import type { AccountsTables } from "../features/accounts/index.ts";
import type { AlertTables } from "../features/alerts/index.ts";
import type { CameraEventTables } from "../features/camera-events/index.ts";
import type { CameraTables } from "../features/cameras/index.ts";
import type { CaseTables } from "../features/cases/index.ts";
import type { ChannelTables } from "../features/channel/index.ts";
import type { DemoTables } from "../features/demo/index.ts";
import type { DetectorTables } from "../features/detectors/index.ts";
import type { DevicesTables } from "../features/devices/index.ts";
import type { GatewayTables } from "../features/gateway/index.ts";
import type { LabTables } from "../features/lab/index.ts";
import type { LedgerTables } from "../features/ledger/index.ts";
import type { NotificationTables } from "../features/notifications/index.ts";
import type { OffsiteTables } from "../features/offsite/index.ts";
import type { PermissionTables } from "../features/permissions/index.ts";
import type { RecordingTables } from "../features/recordings/index.ts";
import type { ShareTables } from "../features/recordings/shares/index.ts";
import type { RemoteSettingsTables } from "../features/remote-settings/index.ts";
import type { SettingsTables } from "../features/settings/index.ts";
import type { SiteGatewayTables } from "../features/site-gateways/index.ts";
import type { TelemetryTables } from "../features/telemetry/index.ts";
import type { TenantTables } from "../features/tenants/index.ts";
import type { TrustTables } from "../features/trust/index.ts";

/** Every table of every feature. */
export type AllTables = AccountsTables &
  SettingsTables &
  DevicesTables &
  ChannelTables &
  GatewayTables &
  TelemetryTables &
  SiteGatewayTables &
  RemoteSettingsTables &
  TrustTables &
  AlertTables &
  NotificationTables &
  CameraTables &
  CameraEventTables &
  DetectorTables &
  RecordingTables &
  CaseTables &
  ShareTables &
  OffsiteTables &
  DemoTables &
  LabTables &
  PermissionTables &
  TenantTables &
  LedgerTables;
