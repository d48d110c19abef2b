import type { Clock, Random } from "@gatehouse/base";
import type { operations } from "@gatehouse/contract";
import type { createAlerts } from "../features/alerts/index.ts";
import type { createDemo } from "../features/demo/index.ts";
import { Boards, type TelemetryTables } from "../features/telemetry/index.ts";
import type { createDatabase } from "../platform/database/index.ts";

type DemoDeps = Parameters<typeof createDemo>[0];

interface FurnitureDeps {
  readonly db: ReturnType<typeof createDatabase<TelemetryTables>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly alerts: ReturnType<typeof createAlerts>;
}

export const demoFurniture = ({ db, clock, random, alerts }: FurnitureDeps): DemoDeps["furniture"] => ({
  addRule: async (tenantId, rule) => (await alerts.rules.create(tenantId, rule)).id,
  removeRule: (tenantId, ruleId) => alerts.rules.remove(tenantId, ruleId),
  addBoard: async (tenantId, board) => (await new Boards(db, tenantId, clock, random).create(board)).id,
  removeBoard: (tenantId, boardId) => new Boards(db, tenantId, clock, random).delete(boardId),
});

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
