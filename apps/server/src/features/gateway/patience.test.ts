import { once } from "node:events";
import { connect } from "node:net";
import { type AppError, type Clock, systemClock } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import { virtualClock } from "@gatehouse/testkit";
import { afterEach, expect, test } from "vitest";
import { newInstallation, openssl } from "../../platform/tls/testing/installation.ts";
import { Intake } from "./intake.ts";
import { MQTT_LIMITS } from "./limits.ts";
import { FakeSink, startGateway, type TestGateway, type TestOptions, until } from "./testing/gateway.ts";
import { bytesOf, connectPacket, listenTo } from "./testing/packets.ts";

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
});

async function start(options: TestOptions = {}): Promise<TestGateway> {
  gateway = await startGateway(options);
  gateway.addDevice("boiler");
  return gateway;
}

test("nobody waits for a CONNECT longer than ten seconds unless told", () => {
  expect(MQTT_LIMITS.connectTimeoutMs).toBe(10_000);
});

test("a connection without a whole CONNECT is cut when its time is over, and counted; one that logged in stays", async () => {
  const test = await start({ connectTimeoutMs: 3_000 });
  const silent = await test.raw();
  const { closed: silentClosed } = listenTo(silent);
  const halting = await test.raw();
  const { closed: haltingClosed } = listenTo(halting);
  halting.write(connectPacket("boiler", "key of boiler").subarray(0, 9));
  const client = await test.client("boiler");
  await Promise.all([silentClosed, haltingClosed]);
  await until(() => test.refused.length === 2);
  expect(test.refused).toMatchObject([
    { code: "connection.silent", via: "mqtt", address: "127.0.0.1" },
    { code: "connection.silent", via: "mqtt", address: "127.0.0.1" },
  ]);
  expect(test.refused.every(({ deviceId }) => deviceId === undefined)).toBe(true);
  await client.publishAsync("gh/boiler/up/telemetry", '{"n": 1}', { qos: 1 });
  expect(client.connected).toBe(true);
});

/** Real timers, and a clock that can be put forward. */
function movedClock(): { clock: Clock; pass(ms: number): void } {
  let offsetMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + offsetMs };
  const pass = (ms: number): void => {
    offsetMs += ms;
  };
  return { clock, pass };
}

test("what the store has no room for is held ten seconds, not acknowledged, and stored once when it is sent again", async () => {
  const { clock, pass } = movedClock();
  const test = await start({ clock });
  test.sink.room = 0;
  const publish = { topic: "gh/boiler/up/telemetry", payload: '{"n": 7}', qos: 1, retain: false };
  const socket = await test.raw();
  const { packets, closed } = listenTo(socket);
  socket.write(connectPacket("boiler", "key of boiler"));
  socket.write(bytesOf({ cmd: "publish", messageId: 1, dup: false, ...publish }));
  await until(() => test.gateway.stats().waiting === 1);
  pass(MQTT_LIMITS.holdMs - 5_000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([socket.destroyed, test.gateway.stats().waiting]).toEqual([false, 1]);
  pass(5_001);
  await closed;
  expect(packets.map(({ cmd }) => cmd)).toEqual(["connack"]);
  expect(test.codes()).toEqual(["server.busy"]);
  expect(test.gateway.stats().waiting).toBe(0);
  test.sink.room = Number.POSITIVE_INFINITY;
  const again = await test.raw();
  const heard = listenTo(again);
  again.write(connectPacket("boiler", "key of boiler"));
  again.write(bytesOf({ cmd: "publish", messageId: 1, dup: true, ...publish }));
  await until(() => heard.packets.length === 2);
  expect(heard.packets.map(({ cmd }) => cmd)).toEqual(["connack", "puback"]);
  expect(test.sink.readings.map(({ numbers }) => numbers)).toEqual([[["n", 7]]]);
});

const reading = (n: number): Reading => ({
  tenantId: "t",
  deviceId: "d",
  typeId: "generic",
  tsMs: n,
  receivedMs: n,
  numbers: [["n", n]],
  states: [],
});

test("held messages are bounded: one more fails at once, the others are stored in order when there is room", () => {
  const clock = virtualClock();
  const sink = new FakeSink();
  sink.isHolding = true;
  sink.room = 0;
  const intake = new Intake({ sink, clock });
  const settled: (AppError | undefined)[] = [];
  const submit = (n: number): void => intake.submit(reading(n), (error) => void settled.push(error));
  for (let n = 0; n < MQTT_LIMITS.heldMessages; n++) submit(n);
  expect([intake.waitingCount, settled.length]).toEqual([MQTT_LIMITS.heldMessages, 0]);
  submit(MQTT_LIMITS.heldMessages);
  expect(settled.map((error) => error?.code)).toEqual(["server.busy"]);
  expect(intake.trySubmit(reading(0), () => undefined)).toBe(false);
  sink.room = Number.POSITIVE_INFINITY;
  clock.advance(10);
  sink.commit();
  expect([intake.waitingCount, settled.length]).toEqual([0, MQTT_LIMITS.heldMessages + 1]);
  expect(sink.readings.every(({ tsMs }, n) => tsMs === n)).toBe(true);
});

test("a held message that is too old fails, a younger one behind it goes on waiting", () => {
  const clock = virtualClock();
  const sink = new FakeSink();
  sink.room = 0;
  const intake = new Intake({ sink, clock });
  const settled: [number, string | undefined][] = [];
  const submit = (n: number): void =>
    intake.submit(reading(n), (error) => void settled.push([n, error?.code]));
  submit(1);
  clock.advance(6_000);
  submit(2);
  clock.advance(5_000);
  expect(settled).toEqual([[1, "server.busy"]]);
  clock.advance(5_010);
  expect(settled).toEqual([
    [1, "server.busy"],
    [2, "server.busy"],
  ]);
});

test("a TLS handshake that fails is counted with its address, one that is given up is not", async () => {
  const installation = await newInstallation();
  const tls = await installation.open();
  const test = await start({ tls });
  const port = test.gateway.listening().find(({ kind }) => kind === "mqtts")?.port ?? 0;
  const knock = async (bytes: string | undefined): Promise<void> => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.resume();
    await once(socket, "connect");
    if (bytes === undefined) socket.destroy();
    else socket.write(bytes);
    await once(socket, "close");
  };
  await knock("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await until(() => test.refused.length === 1);
  expect(test.refused).toMatchObject([
    { code: "connection.tls_failed", detail: "ERR_SSL_HTTP_REQUEST", via: "mqtts", address: "127.0.0.1" },
  ]);
  await knock(undefined);
  await openssl("s_client", "-connect", `127.0.0.1:${port}`, "-verify_return_error");
  await until(() => test.refused.length === 2);
  expect(test.refused[1]).toMatchObject({
    code: "connection.tls_failed",
    detail: "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
  });
  await installation.remove();
});

test("connections that have not finished their handshake count in the limit of their address", async () => {
  const installation = await newInstallation();
  const tls = await installation.open();
  const test = await start({ tls, mqtt: { maxConnectionsPerAddress: 1 } });
  const port = test.gateway.listening().find(({ kind }) => kind === "mqtts")?.port ?? 0;
  const first = connect(port, "127.0.0.1").on("error", () => {});
  await once(first, "connect");
  const second = connect(port, "127.0.0.1").on("error", () => {});
  second.resume();
  await once(second, "close");
  expect(test.refused).toMatchObject([{ code: "request.rate_limited", detail: "connections", via: "mqtts" }]);
  first.destroy();
  // The place is free again.
  await until(() =>
    test.client("boiler").then(
      () => true,
      () => false,
    ),
  );
  await installation.remove();
});
