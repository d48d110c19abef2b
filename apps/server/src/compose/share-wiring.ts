import type { AccountsFeature } from "../features/accounts/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { RecordingsFeature, RecordingTables } from "../features/recordings/index.ts";
import {
  createShares,
  type Sharers,
  type SharesFeature,
  type ShareTables,
} from "../features/recordings/shares/index.ts";
import type { SettingsFeature } from "../features/settings/index.ts";
import type { TenantsFeature } from "../features/tenants/index.ts";
import type { AuditTrail } from "../platform/audit/index.ts";
import type { createDatabase } from "../platform/database/index.ts";
import type { House } from "./house.ts";

/** Who shares: an organisation by its name, a person by theirs. */
export const sharersOf = (
  accounts: AccountsFeature,
  choices: SettingsFeature["settings"],
  tenants: TenantsFeature,
): Sharers => ({
  organisationOf: (tenantId) => choices.get(tenantId).organisation,
  nameOf: async (...who) => (await accounts.people.find(...who))?.name,
  isSuspended: (tenantId) => tenants.isSuspended(tenantId),
});

interface Shared {
  readonly db: ReturnType<typeof createDatabase<ShareTables & RecordingTables>>;
  readonly audit: AuditTrail;
}

interface Neighbours {
  readonly cameras: CamerasFeature;
  readonly devices: DevicesFeature;
  readonly recordings: RecordingsFeature;
  readonly sharers: Sharers;
}

/** Links to single clips. */
export function sharesOf(
  { bus, clock, log, publicUrl, random }: House,
  { db, audit }: Shared,
  { cameras, devices, recordings, sharers }: Neighbours,
): SharesFeature {
  return createShares({
    ...{ db, audit, bus, clock, log, publicUrl, random, sharers },
    films: recordings.films,
    cameras: {
      find: (cameraId) => cameras.find(cameraId),
      within: (scope) => (scope.reach === "all" ? "all" : devices.idsWithin(scope)),
      async timeZoneOf(tenantId, siteId) {
        const sites = await devices.listSites(tenantId);
        return sites.find(({ id }) => id === siteId)?.timeZone ?? "UTC";
      },
    },
  });
}
