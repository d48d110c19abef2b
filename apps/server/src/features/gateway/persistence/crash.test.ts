import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { silentLogger, systemClock } from "@gatehouse/base";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { endKilled, type TestDatabase } from "../../../platform/database/testing/index.ts";
import { encodeSessionId } from "../session-id.ts";
import type { GatewayTables } from "../tables.ts";
import { createGatewayDatabase, deviceId, TENANT } from "../testing/database.ts";
import { grant, startGateway, until } from "../testing/gateway.ts";
import { MqttStateStore } from "./mqtt-state-store.ts";
import { PostgresPersistence } from "./persistence.ts";
import type { QueuedPacket } from "./session.ts";

let database: TestDatabase<GatewayTables>;
beforeAll(async () => {
  database = await createGatewayDatabase();
}, 120_000);
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.db.deleteFrom("mqtt_state").execute();
});

async function reopen(): Promise<PostgresPersistence> {
  const persistence = new PostgresPersistence({
    store: new MqttStateStore(database.db),
    clock: systemClock,
    log: silentLogger,
  });
  await persistence.setup({ id: "second" });
  return persistence;
}

const CHILD = fileURLToPath(new URL("../testing/crash-child.ts", import.meta.url));

test.each([30, 200, 500])(
  "after kill -9 everything that was promised is there (killed after %i)",
  async (killAfter) => {
    const arguments_ = JSON.stringify({
      connection: database.connection,
      tenantId: TENANT,
      deviceId: deviceId(1),
    });
    const child = spawn(process.execPath, [CHILD, arguments_], { stdio: ["ignore", "pipe", "inherit"] });
    const promised = { queued: [] as number[], incoming: [] as number[] };
    for await (const line of createInterface({ input: child.stdout })) {
      const [kind, n] = line.split(" ");
      if (kind === "queued" || kind === "incoming") promised[kind].push(Number(n));
      if (promised.queued.length === killAfter) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    await endKilled(database);
    const persistence = await reopen();
    const client = { id: encodeSessionId({ tenantId: TENANT, deviceId: deviceId(1) }, "keeper") };
    expect(await persistence.subscriptionsByClient(client)).toEqual([{ topic: "t/#", qos: 2 }]);
    expect(persistence.wills()).toMatchObject([{ topic: "t/will", clientId: client.id }]);
    const queued: number[] = [];
    for await (const packet of persistence.outgoingStream(client))
      queued.push(Number((packet as QueuedPacket).payload?.toString()));
    expect(queued).toEqual([...queued].sort((a, b) => a - b));
    expect(promised.queued.filter((n) => !queued.includes(n))).toEqual([]);
    expect(promised.incoming.filter((n) => !persistence.hasIncoming(client, n))).toEqual([]);
    const retained = new Map<string, number>();
    for await (const packet of persistence.createRetainedStream("#"))
      retained.set(
        (packet as QueuedPacket).topic ?? "",
        Number((packet as QueuedPacket).payload?.toString()),
      );
    for (const n of promised.queued.filter((even) => even % 2 === 0))
      expect(retained.get(`t/${n % 50}`)).toBeGreaterThanOrEqual(n);
    await persistence.destroy();
  },
);

test("a gateway that comes back has its sessions, retained messages and wills", async () => {
  const devices = new Map();
  const first = await startGateway({ database, devices });
  first.addDevice("hub", { grants: [grant("site/#")] });
  first.addDevice("display", { grants: [grant("site/#")] });
  first.addDevice("gone", { grants: [grant("site/#")] });
  const keeper = await first.client("display", { clientId: "keeper", clean: false });
  await keeper.subscribeAsync("site/#", { qos: 1 });
  await keeper.endAsync();
  const hub = await first.client("hub", {
    will: { topic: "site/will", payload: Buffer.from("lost"), qos: 1, retain: false },
  });
  await first.client("gone", {
    will: { topic: "site/will", payload: Buffer.from("of a deleted device"), qos: 1, retain: false },
  });
  await hub.publishAsync("site/queued", "1", { qos: 1 });
  await hub.publishAsync("site/retained", "2", { qos: 1, retain: true });
  devices.delete("gone");
  // A second gateway on the same database, as after a crash: the first one never said goodbye.
  const second = await startGateway({ database, devices });
  const seen: string[] = [];
  await second.client("display", { clientId: "keeper", clean: false, messages: seen });
  await until(() => seen.length >= 3);
  expect(seen).toEqual(["1", "2", "lost"]);
  const greeted: string[] = [];
  const late = await second.client("display", { clientId: "late", messages: greeted });
  await late.subscribeAsync("site/#");
  await until(() => greeted.length === 1);
  expect(greeted).toEqual(["2"]);
  await second.stop();
  await first.stop();
});

test("a will on an own topic, left by a crash, is stored once: at the next start and not at the one after", async () => {
  const devices = new Map();
  const first = await startGateway({ database, devices });
  first.addDevice("box");
  await first.client("box", {
    will: { topic: "gh/box/up/state", payload: Buffer.from('{"online": false}'), qos: 1, retain: false },
  });
  const second = await startGateway({ database, devices });
  await until(() => second.sink.readings.length === 1);
  expect(second.sink.readings).toMatchObject([{ deviceId: deviceId(1), states: [["online", false]] }]);
  const wills = database.db.selectFrom("mqtt_state").select("key").where("kind", "=", "will");
  await until(async () => (await wills.execute()).length === 0);
  const third = await startGateway({ database, devices });
  const client = await third.client("box", { clientId: "other" });
  await client.publishAsync("gh/box/up/state", '{"online": true}', { qos: 1 });
  expect(third.sink.readings).toMatchObject([{ states: [["online", true]] }]);
  for (const gateway of [third, second, first]) await gateway.stop();
});

test("an acknowledgement without an identifier takes nothing out of the queue", async () => {
  const persistence = await reopen();
  const client = { id: encodeSessionId({ tenantId: TENANT, deviceId: deviceId(1) }, "c") };
  const packet = { cmd: "publish", brokerId: "x", topic: "a", payload: Buffer.from("1"), qos: 1 };
  for (const brokerCounter of [1, 2])
    await persistence.outgoingEnqueue({ clientId: client.id }, { ...packet, brokerCounter });
  expect(await persistence.outgoingClearMessageId(client, { cmd: "publish" })).toBeUndefined();
  await persistence.outgoingUpdate(client, { ...packet, brokerCounter: 2, messageId: 9 });
  expect(await persistence.outgoingClearMessageId(client, { cmd: "puback", messageId: 9 })).toMatchObject({
    brokerCounter: 2,
  });
  expect(await persistence.outgoingStream(client).toArray()).toMatchObject([{ brokerCounter: 1 }]);
  await persistence.destroy();
});

test("items of a device that is deleted meanwhile do not hold up the others", async () => {
  const store = new MqttStateStore(database.db);
  const item = (key: string, owner: string) => ({
    kind: "retained" as const,
    key,
    tenantId: TENANT,
    deviceId: owner,
    value: { topic: key },
    payload: undefined,
  });
  await store.write([item("a", deviceId(1)), item("b", "00000000-0000-7000-8000-999999999999")], []);
  expect((await store.load()).map(({ key }) => key)).toEqual(["a"]);
});

test("while the database is away nothing is promised, and it is written when it comes back", async () => {
  const store = new MqttStateStore(database.db);
  let isAway = true;
  const persistence = new PostgresPersistence({
    clock: systemClock,
    log: silentLogger,
    store: {
      load: () => store.load(),
      write: (puts, removes) => (isAway ? Promise.reject(new Error("away")) : store.write(puts, removes)),
    },
  });
  await persistence.setup({ id: "x" });
  const clientId = encodeSessionId({ tenantId: TENANT, deviceId: deviceId(1) }, "c");
  const packet = { cmd: "publish", topic: "a", payload: Buffer.from("1"), qos: 1, retain: true, clientId };
  await expect(persistence.accept(packet).durable).rejects.toThrow("away");
  isAway = false;
  await expect(persistence.accept({ ...packet, payload: Buffer.from("2") }).durable).resolves.toBeUndefined();
  await persistence.destroy();
  expect((await store.load()).map(({ payload }) => Buffer.from(payload ?? "").toString())).toEqual(["2"]);
});
