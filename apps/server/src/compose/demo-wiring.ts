import type { Clock, Random, Uuid } from "@gatehouse/base";
import { access, type operations } from "@gatehouse/contract";
import type { createAlerts } from "../features/alerts/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { createDemo } from "../features/demo/index.ts";
import { Boards, type TelemetryTables } from "../features/telemetry/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";

type DemoDeps = Parameters<typeof createDemo>[0];

/** There somebody walks past all day. */
const DEMO_COOLDOWN_SECONDS = 900;

interface FurnitureDeps {
  readonly db: ReturnType<typeof createDatabase<TelemetryTables>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly alerts: ReturnType<typeof createAlerts>;
  readonly audit: AuditTrail;
  readonly cameras: () => Pick<CamerasFeature, "choose">;
}

export const demoFurniture = ({ alerts, cameras, ...deps }: FurnitureDeps): DemoDeps["furniture"] => {
  const boards = (tenantId: Uuid): Boards =>
    new Boards({ ...deps, directory: { seesAll: () => true } }, access.wholeTenant(tenantId));
  return {
    addRule: async (tenantId, rule) => (await alerts.rules.create(access.wholeTenant(tenantId), rule)).id,
    removeRule: (tenantId, ruleId) => alerts.rules.remove(tenantId, ruleId),
    lookForPeople: (cameraId) =>
      cameras().choose(cameraId, (settings) => ({
        ...settings,
        detection: { ...settings.detection, enabled: true, cooldownSeconds: DEMO_COOLDOWN_SECONDS },
      })),
    addBoard: async (tenantId, board) => (await boards(tenantId).create(board)).id,
    removeBoard: (tenantId, boardId) => boards(tenantId).delete(boardId),
  };
};

export function demoEndpoints(
  listeners: operations.NetworkInfo["listeners"],
  publicUrl: string,
  caPem: string,
): ReturnType<DemoDeps["endpoints"]> {
  const urls = new Map(listeners.map(({ kind, url }) => [kind, url]));
  return {
    httpUrl: urls.get("https") ?? urls.get("http") ?? publicUrl,
    mqttUrl: urls.get("mqtt"),
    mqttsUrl: urls.get("mqtts"),
    caPem,
  };
}
