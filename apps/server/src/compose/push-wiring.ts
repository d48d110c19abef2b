import { access } from "@gatehouse/contract";
import type { AccountsFeature } from "../features/accounts/index.ts";
import type { DevicesFeature } from "../features/devices/index.ts";
import type { PushAudience } from "../features/notifications/index.ts";
import type { TenantsFeature } from "../features/tenants/index.ts";

/** Who may be told by push: whoever could read the alert in a session that lives. */
export const pushAudience = (
  accounts: AccountsFeature,
  devices: DevicesFeature,
  tenants: () => TenantsFeature,
): PushAudience => ({
  async mayHear(tenantId, listeners, deviceId) {
    if (tenants().isSuspended(tenantId)) return new Map();
    const siteId = deviceId === undefined ? undefined : devices.findDevice(deviceId)?.siteId;
    const live = await accounts.liveSessions(listeners.map(({ sessionId }) => sessionId));
    const heard = await Promise.all(
      listeners
        .filter(({ sessionId }) => live.has(sessionId))
        .map(async ({ personId, sessionId }) => {
          const [person, principal] = await Promise.all([
            accounts.people.find(tenantId, personId),
            accounts.people.principalOf(tenantId, personId),
          ]);
          const reach = principal?.permissions.get("alert.read");
          if (person === undefined || reach === undefined) return undefined;
          const isReached =
            reach === "all" ||
            (deviceId !== undefined && siteId !== undefined && access.reaches(reach, { siteId, deviceId }));
          return isReached
            ? ([sessionId, { name: person.name, language: person.language }] as const)
            : undefined;
        }),
    );
    return new Map(heard.filter((one) => one !== undefined));
  },
});
