/** A broker's memory at work until it is killed: prints every step after it was promised to be durable. */
import { silentLogger, systemClock } from "@gatehouse/base";
import { createDatabase, createPool, type PostgresConnection } from "../../../platform/database/index.ts";
import { MqttStateStore } from "../persistence/mqtt-state-store.ts";
import { PostgresPersistence } from "../persistence/persistence.ts";
import { encodeSessionId } from "../session-id.ts";
import type { GatewayTables } from "../tables.ts";

const { connection, tenantId, deviceId } = JSON.parse(process.argv[2] ?? "") as {
  connection: PostgresConnection;
  tenantId: string;
  deviceId: string;
};
const pool = createPool({ connection, log: silentLogger });
const persistence = new PostgresPersistence({
  store: new MqttStateStore(createDatabase<GatewayTables>(pool)),
  clock: systemClock,
  log: silentLogger,
});
await persistence.setup({ id: "first" });
const client = { id: encodeSessionId({ tenantId, deviceId }, "keeper") };
await persistence.addSubscriptions(client, [{ topic: "t/#", qos: 2 }]);
await persistence.putWill(client, { cmd: "publish", topic: "t/will", payload: Buffer.from("lost"), qos: 1 });
process.stdout.write("ready\n");
for (let n = 1; ; n++) {
  const packet = {
    cmd: "publish",
    brokerId: "first",
    brokerCounter: n,
    topic: `t/${n % 50}`,
    payload: Buffer.from(String(n)),
    qos: 1,
    retain: n % 2 === 0,
    clientId: client.id,
  };
  persistence.accept(packet).durable?.then(() => process.stdout.write(`queued ${n}\n`));
  persistence
    .incomingStorePacket(client, { ...packet, messageId: n })
    .then(() => process.stdout.write(`incoming ${n}\n`));
  if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  if (n === 900) break;
}
