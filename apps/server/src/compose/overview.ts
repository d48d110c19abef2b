import { statfs } from "node:fs/promises";
import type { Uuid } from "@gatehouse/base";
import type { access, Permission } from "@gatehouse/contract";
import type { AccountsFeature } from "../features/accounts/index.ts";
import type { AlertsFeature } from "../features/alerts/index.ts";
import type { ChannelFeature } from "../features/channel/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { GatewayFeature } from "../features/gateway/index.ts";
import type { LedgerFeature } from "../features/ledger/index.ts";
import type { NotificationsFeature } from "../features/notifications/index.ts";
import type { OffsiteFeature } from "../features/offsite/index.ts";
import type { Need, Onlooker, OverviewSources } from "../features/operations/index.ts";
import type { PermissionsFeature } from "../features/permissions/index.ts";
import type { RecordingsFeature } from "../features/recordings/index.ts";
import type { RecoveryFeature } from "../features/recovery/index.ts";
import type { TelemetryFeature } from "../features/telemetry/index.ts";
import type { TrustFeature } from "../features/trust/index.ts";
import { databaseSizeBytes } from "../platform/database/index.ts";
import type { House } from "./house.ts";
import { lastBackupMs } from "./operations.ts";

interface Sources extends House {
  readonly accounts: AccountsFeature;
  readonly channel: ChannelFeature;
  readonly devices: DevicesFeature;
  readonly gateway: GatewayFeature;
  readonly ledger: LedgerFeature;
  readonly recordings: RecordingsFeature;
  readonly offsite: OffsiteFeature;
  readonly recovery: RecoveryFeature;
  readonly permissions: PermissionsFeature;
  readonly alerts: AlertsFeature;
  readonly notifications: NotificationsFeature;
  readonly telemetry: TelemetryFeature;
  readonly trust: TrustFeature;
}

const DAY_MS = 86_400_000;
const BACKUP_WANTED_AFTER_MS = 7 * DAY_MS;
/** How long people are told of a restore. */
const RESTORE_SHOWN_MS = 7 * DAY_MS;

export function overviewSources(house: Sources): OverviewSources {
  const { devices, gateway, alerts, telemetry, database, config } = house;
  return {
    async devices({ scope }) {
      const { counts, spark } = await devices.overview(scope);
      return { ...counts, spark };
    },
    messages({ tenantId, scope }) {
      if (scope.reach !== "all") return { perSecond: 0, spark: [] };
      const { perSecond, spark } = gateway.statsOf(tenantId).accepted;
      return { perSecond, spark: [...spark] };
    },
    // Who is refused before anybody knows whose device it is, concerns whoever runs the installation.
    refused: ({ scope, permissions }) => devices.refusedLast24h(scope, permissions.has("installation.read")),
    async alerts(onlooker) {
      const scope = scopeFor(onlooker, "alert.read");
      return scope === undefined ? { open: 0, critical: 0 } : alerts.openCounts(scope);
    },
    async storage({ permissions }) {
      if (!permissions.has("installation.read")) return undefined;
      const [size, points, freeBytes] = await Promise.all([
        databaseSizeBytes(database.pool),
        telemetry.points(),
        freeBytesOf(config.dataDir),
      ]);
      return {
        databaseBytes: size,
        freeBytes,
        points: points.total,
        pointsPerDay: points.perDay,
      };
    },
    async needs(onlooker) {
      const { tenantId, scope, permissions } = onlooker;
      const alertScope = scopeFor(onlooker, "alert.read");
      const isHost = permissions.has("installation.read");
      const [overview, channels, open, backupMs, waiting, witnesses, approvals] = await Promise.all([
        devices.overview(scope),
        permissions.get("channel.read") === "all" ? house.notifications.needs(tenantId) : [],
        alertScope === undefined ? [] : alerts.openAlerts(alertScope, 10),
        lastBackupMs(house.config.dataDir),
        permissions.get("people.approve") === "all" ? house.accounts.waitingPeople(tenantId) : 0,
        permissions.has("ledger.read") ? house.ledger.witnesses.needs(tenantId) : [],
        house.permissions.approvalsWaitingFor(onlooker),
      ]);
      const within = new Set(devices.idsWithin(scope));
      const nowMs = house.clock.nowMs();
      const needs: Need[] = [
        ...open.map((alert) => ({
          kind: "alert",
          severity: alert.severity,
          atMs: alert.raisedMs,
          alertId: alert.id,
          deviceName: alert.deviceName,
          text: alert.ruleName,
          ...(alert.deviceId === undefined ? {} : { deviceId: alert.deviceId }),
        })),
        ...overview.offline.map(({ deviceId, name, lastSeenMs }) => ({
          kind: "device_offline",
          severity: "warning",
          atMs: lastSeenMs,
          deviceId,
          deviceName: name,
        })),
        ...overview.expiringCertificates.map(({ deviceId, name, expiresMs }) => ({
          kind: "certificate_expiring",
          severity: "warning",
          atMs: expiresMs,
          deviceId,
          deviceName: name,
        })),
        ...house.trust
          .needs(tenantId)
          .filter(({ deviceId }) => within.has(deviceId))
          .map(({ kind, deviceId, name, atMs }) => ({
            kind,
            severity: "warning",
            atMs,
            deviceId,
            deviceName: name,
          })),
        ...(permissions.get("ledger.read") === "all" ? attackNeeds(house, tenantId) : []),
        ...(permissions.has("recording.view") ? await recordingNeeds(house, tenantId) : []),
        ...(permissions.get("recording.view") === "all" ? await offsiteNeeds(house, tenantId) : []),
        ...channels,
        ...witnesses.map(({ kind, sinceMs, name }) => ({
          kind: `witness_${kind}` as const,
          severity: kind === "refused" ? "critical" : "warning",
          atMs: sinceMs,
          text: name,
        })),
      ];
      if (waiting > 0) needs.push({ kind: "sign_up_waiting", severity: "info", count: waiting });
      if (approvals > 0) needs.push({ kind: "approval_waiting", severity: "info", count: approvals });
      if (overview.counts.total === 0) needs.push({ kind: "no_device", severity: "info" });
      if (overview.pendingClaims > 0)
        needs.push({ kind: "claim_pending", severity: "info", count: overview.pendingClaims });
      const recovery = house.channel.lastRecovery();
      if (isHost && recovery !== undefined && nowMs - recovery.atMs < RESTORE_SHOWN_MS)
        needs.push({ kind: "restored", severity: "warning", atMs: recovery.atMs });
      if (permissions.has("installation.write")) needs.push(...(await recoveryNeeds(house)));
      if (
        isHost &&
        overview.counts.total > 0 &&
        (backupMs === undefined || nowMs - backupMs > BACKUP_WANTED_AFTER_MS)
      )
        needs.push({
          kind: "backup_missing",
          severity: "info",
          ...(backupMs === undefined ? {} : { atMs: backupMs }),
        });
      return needs;
    },
  };
}

/** Where frames that should be recorded are not, or soon will not be. */
const recordingNeeds = async ({ recordings }: Sources, tenantId: Uuid): Promise<Need[]> =>
  (await recordings.needs(tenantId)).map(({ kind, sinceMs }) => ({
    kind,
    severity: kind === "recording_pins_over" ? "warning" : "critical",
    ...(sinceMs === undefined ? {} : { atMs: sinceMs }),
  }));

/** Where copies did not get through for an hour. */
const offsiteNeeds = async ({ offsite }: Sources, tenantId: Uuid): Promise<Need[]> =>
  (await offsite.needs(tenantId)).map(({ name, sinceMs }) => ({
    kind: "offsite_failing",
    severity: "warning",
    atMs: sinceMs,
    text: name,
  }));

/** Whose passwords are guessed at. */
const attackNeeds = ({ accounts }: Sources, tenantId: Uuid): Need[] =>
  accounts.attacks(tenantId).map(({ name, atMs }) => ({
    kind: name === undefined ? "logins_attacked" : "login_attacked",
    severity: "warning",
    atMs,
    ...(name === undefined ? {} : { text: name }),
  }));

/** What the owner still owes the day when the machine is gone, and the log since it was. */
async function recoveryNeeds({ ledger, recovery }: Sources): Promise<Need[]> {
  const [seams, hasKit] = await Promise.all([ledger.seams.list(), recovery.hasKit()]);
  const open = seams.findLast(({ acknowledgement }) => acknowledgement === undefined);
  return [
    ...(open === undefined
      ? []
      : [{ kind: "seam_unacknowledged", severity: "warning", atMs: open.atMs } as const]),
    ...(hasKit ? [] : [{ kind: "recovery_kit_missing", severity: "warning" } as const]),
  ];
}

/** Where somebody may do this; undefined: nowhere. */
function scopeFor({ tenantId, permissions }: Onlooker, permission: Permission): access.Scope | undefined {
  const reach = permissions.get(permission);
  return reach && { tenantId, reach };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
