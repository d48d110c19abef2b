import type { Client } from "aedes";
import type { GatewayBroker, InboundPacket } from "./broker.ts";
import { Connection } from "./connection.ts";
import type { Inbound } from "./inbound.ts";
import { Permissions } from "./permissions.ts";
import type { PostgresPersistence } from "./persistence/persistence.ts";
import type { DeviceAuthenticator } from "./ports.ts";
import { ownerOfSession } from "./session-id.ts";

export interface OrphanWillParts {
  readonly persistence: PostgresPersistence;
  readonly authenticator: DeviceAuthenticator;
  readonly receive: Inbound["receive"];
  readonly broker: GatewayBroker;
}

/**
 * Wills of clients that were connected when the process before us died. There is no client any more, so each is
 * judged by what the device of its session may do now; that of a deleted device is dropped.
 */
export async function publishOrphanWills(parts: OrphanWillParts): Promise<void> {
  const { persistence, authenticator } = parts;
  for (const will of persistence.wills()) {
    const sessionId = will.clientId as string;
    const client = { id: sessionId, closed: false } as Client;
    const found = await authenticator.find(ownerOfSession(sessionId).deviceId);
    if (found !== undefined) {
      const connection = new Connection(client, "mqtt", "");
      const identity = { ...found, credentialId: "", credentialKind: "api_key" as const };
      connection.peer = { identity, permissions: new Permissions(identity), prefix: `${found.tenantId}/` };
      await publish(parts, connection, { ...will, cmd: "publish" } as unknown as InboundPacket);
    }
    await persistence.delWill(client);
  }
}

function publish(
  { receive, broker }: OrphanWillParts,
  connection: Connection,
  will: InboundPacket,
): Promise<void> {
  return new Promise((resolve) => {
    receive(connection, will, (error) => {
      if (error || !will.routed) resolve();
      else broker.emitRouted(will, () => resolve());
    });
  });
}
