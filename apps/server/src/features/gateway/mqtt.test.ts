import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deviceId, TENANT } from "./testing/database.ts";
import { startGateway, type TestGateway, until } from "./testing/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.addDevice("boiler", { typeId: "thermometer" });
}, 120_000);
afterAll(async () => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.sink.readings.length = 0;
  gateway.refused.length = 0;
});

test("a QoS 1 reading is acknowledged after it is committed, and not before", async () => {
  const client = await gateway.client("boiler");
  gateway.sink.isHolding = true;
  let isAcknowledged = false;
  const published = client
    .publishAsync("gh/boiler/up/telemetry", '{"temperature": 21.4}', { qos: 1 })
    .then(() => {
      isAcknowledged = true;
    });
  await until(() => gateway.sink.held.length === 1);
  expect(isAcknowledged).toBe(false);
  gateway.sink.isHolding = false;
  gateway.sink.commit();
  await published;
  expect(gateway.sink.readings).toMatchObject([
    {
      tenantId: TENANT,
      deviceId: deviceId(1),
      typeId: "thermometer",
      numbers: [["temperature", 21.4]],
      states: [],
    },
  ]);
  await client.endAsync();
});
