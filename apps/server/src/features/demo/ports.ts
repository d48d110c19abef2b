import type { Uuid } from "@gatehouse/base";
import type { alerts, telemetry } from "@gatehouse/contract";
import type { PlannedDevice, PlannedSite } from "./site-plan.ts";

export interface DemoDevice {
  readonly id: Uuid;
  readonly name: string;
  readonly typeId: string;
  readonly siteName: string;
}

/** What the demo needs of the inventory. */
export interface DemoInventory {
  addSite(tenantId: Uuid, site: PlannedSite): Promise<Uuid>;
  addDevice(tenantId: Uuid, siteId: Uuid, device: PlannedDevice): Promise<DemoDevice>;
  listDevices(tenantId: Uuid, siteIds: readonly Uuid[]): Promise<DemoDevice[]>;
  /** The device's API key, a new one where it has none that works; undefined for one that somebody revoked. */
  apiKey(tenantId: Uuid, deviceId: Uuid): Promise<string | undefined>;
  /** Deletes the site with its devices. */
  removeSite(tenantId: Uuid, siteId: Uuid): Promise<void>;
}

/** Rules and boards around the devices, so that the pages have something to show. */
export interface DemoFurniture {
  addRule(tenantId: Uuid, rule: alerts.RuleBody): Promise<Uuid>;
  removeRule(tenantId: Uuid, ruleId: Uuid): Promise<void>;
  addBoard(tenantId: Uuid, board: Pick<telemetry.Board, "name" | "charts" | "rangeMs">): Promise<Uuid>;
  /** Looks for people in the camera's pictures. */
  lookForPeople(cameraId: Uuid): Promise<void>;
  removeBoard(tenantId: Uuid, boardId: Uuid): Promise<void>;
}
