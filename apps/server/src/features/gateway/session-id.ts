import type { Uuid } from "@gatehouse/base";

export interface Owner {
  readonly tenantId: Uuid;
  readonly deviceId: Uuid;
}

const UUID_LENGTH = 36;
const PREFIX_LENGTH = 2 * UUID_LENGTH + 2;

/**
 * The broker's name of a session: the client id behind tenant and device, so that a device can neither take over
 * another's session nor name an inherited property (`constructor`).
 */
export const encodeSessionId = ({ tenantId, deviceId }: Owner, clientId: string): string =>
  `${tenantId}/${deviceId}/${clientId}`;

export const ownerOfSession = (sessionId: string): Owner => ({
  tenantId: sessionId.slice(0, UUID_LENGTH),
  deviceId: sessionId.slice(UUID_LENGTH + 1, 2 * UUID_LENGTH + 1),
});

export const clientIdOfSession = (sessionId: string): string => sessionId.slice(PREFIX_LENGTH);
