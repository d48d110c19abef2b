import assert from "node:assert";
import { createRequire } from "node:module";
import { silentLogger, systemClock } from "@gatehouse/base";
import { afterAll, beforeAll, beforeEach, test } from "vitest";
import type { TestDatabase } from "../../../platform/database/testing/index.ts";
import type { GatewayTables } from "../tables.ts";
import { createGatewayDatabase, deviceId, TENANT } from "../testing/database.ts";
import { MqttStateStore } from "./mqtt-state-store.ts";
import { PostgresPersistence } from "./persistence.ts";

/** The contract suite of aedes-persistence 11 asks for node:test's `t`: this is as much of it as it uses. */
interface Context {
  readonly assert: Record<string, unknown>;
  plan(count: number): void;
  diagnostic(text: string): void;
}
type Suite = (options: {
  test: (name: string, run: (t: Context) => Promise<void>) => void;
  persistence: () => PostgresPersistence;
  testAsync: boolean;
}) => void;

let database: TestDatabase<GatewayTables>;
beforeAll(async () => {
  database = await createGatewayDatabase();
}, 120_000);
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.db.deleteFrom("mqtt_state").execute();
});

const abstractSuite = createRequire(import.meta.url)("aedes-persistence/abstract.js") as Suite;

abstractSuite({
  testAsync: true,
  persistence: () =>
    new PostgresPersistence({
      store: new MqttStateStore(database.db),
      clock: systemClock,
      log: silentLogger,
      ownerOf: () => ({ tenantId: TENANT, deviceId: deviceId(1) }),
    }),
  test: (name, run) =>
    test(`aedes-persistence: ${name}`, { timeout: 60_000 }, async () => {
      let planned: number | undefined;
      let asserted = 0;
      const counting = new Proxy(assert as unknown as Record<string, unknown>, {
        get(target, key) {
          asserted++;
          return target[String(key)];
        },
      });
      await run({ assert: counting, plan: (count) => (planned = count), diagnostic: () => {} });
      if (planned !== undefined) assert.equal(asserted, planned, "as many assertions as planned");
    }),
});
