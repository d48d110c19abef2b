import type { Clock, Logger, Random, Uuid } from "@gatehouse/base";
import type { Bus } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import { ALL_ON, type Controls } from "../../platform/controls.ts";
import type { MasterKey } from "../../platform/secrets/index.ts";
import type { AccessDirectory } from "./access/access-directory.ts";
import type { ApprovalNotifier, People, Places } from "./ports.ts";
import type { Within } from "./roles/covers.ts";
import type { PermissionDatabase } from "./tables.ts";

export interface PermissionsDeps {
  readonly db: PermissionDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly bus: Bus;
  readonly masterKey: MasterKey;
  readonly audit: AuditTrail;
  readonly people: People;
  readonly places: Places;
  readonly notifier: ApprovalNotifier;
  readonly controls?: Controls;
}

/** What the services of this slice share. */
export interface PermissionsContext extends PermissionsDeps {
  readonly directory: AccessDirectory;
}

export const withinTenant = (
  { controls = ALL_ON, directory, places }: PermissionsContext,
  tenantId: Uuid,
): Within => ({
  controls,
  isHost: directory.isHost(tenantId),
  siteOf: (deviceId) => places.siteOf(tenantId, deviceId),
});
