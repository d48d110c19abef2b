import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import mqtt from "mqtt";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openMasterKey } from "../../platform/secrets/index.ts";
import { Tls } from "../../platform/tls/index.ts";
import { deviceId } from "./testing/database.ts";
import { grant, startGateway, type TestGateway, until } from "./testing/gateway.ts";
import { follow, run, whyNotInstalled } from "./testing/outside.ts";

const missing = whyNotInstalled("mosquitto-clients", "python3-paho-mqtt");
if (missing !== undefined) console.warn(`outside clients are skipped: ${missing}`);

let folder: string;
let tls: Tls;
let gateway: TestGateway;
let tlsPort: number;
let ca: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway tls "));
  tls = await Tls.open({
    dataDir: folder,
    masterKey: await openMasterKey(folder, systemRandom),
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    hostNames: ["localhost", "127.0.0.1"],
  });
  gateway = await startGateway({ tls });
  tlsPort = gateway.gateway.listening().find(({ kind }) => kind === "mqtts")?.port ?? 0;
  ca = join(folder, "ca.pem");
  await writeFile(ca, tls.authority.certificatePem);
  gateway.addDevice("boiler", { grants: [grant("site/#")] });
  gateway.addDevice("meter");
}, 120_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  tls[Symbol.dispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  gateway.sink.readings.length = 0;
  gateway.refused.length = 0;
});

const login = ["-u", "boiler", "-P", "key of boiler"];
const TOPIC = "gh/boiler/up/telemetry";

describe.skipIf(missing !== undefined)("Debian's clients", () => {
  test.each(["0", "1", "2"])("mosquitto_pub sends a reading over TCP with QoS %s", async (qos) => {
    const { code, output } = await run(
      "mosquitto_pub",
      "-h",
      "127.0.0.1",
      "-p",
      String(gateway.port),
      ...login,
      "-q",
      qos,
      "-t",
      TOPIC,
      "-m",
      '{"a": 1}',
    );
    expect([code, output]).toEqual([0, ""]);
    await until(() => gateway.sink.readings.length === 1);
  });

  test("mosquitto_pub sends a reading over TLS and checks our certificate", async () => {
    const { code, output } = await run(
      "mosquitto_pub",
      "-h",
      "localhost",
      "-p",
      String(tlsPort),
      "--cafile",
      ca,
      ...login,
      "-q",
      "1",
      "-t",
      TOPIC,
      "-m",
      '{"a": 1}',
    );
    expect([code, output]).toEqual([0, ""]);
    expect(gateway.sink.readings).toHaveLength(1);
    expect(gateway.presence).toContain(`+${deviceId(1)} mqtts`);
  });

  test("mosquitto_pub is told that its password is wrong", async () => {
    const { code, output } = await run(
      "mosquitto_pub",
      "-h",
      "127.0.0.1",
      "-p",
      String(gateway.port),
      "-u",
      "boiler",
      "-P",
      "no",
      "-t",
      TOPIC,
      "-m",
      "1",
    );
    expect(code).not.toBe(0);
    expect(output).toMatch(/bad user name or password|not authori[sz]ed/i);
  });

  test("mosquitto_sub receives what mosquitto_pub sends, retained messages and naughty texts too", async () => {
    const sub = follow(
      "mosquitto_sub",
      "-h",
      "127.0.0.1",
      "-p",
      String(gateway.port),
      ...login,
      "-i",
      "sub",
      "-q",
      "1",
      "-v",
      "-t",
      "site/#",
    );
    await until(() => gateway.gateway.connectedCount() === 1);
    const text = "<script>alert(1)</script> ЁЂЃ 田中さん 👩‍🔬 '; DROP TABLE x;--";
    const { output } = await run(
      "mosquitto_pub",
      "-h",
      "127.0.0.1",
      "-p",
      String(gateway.port),
      ...login,
      "-i",
      "pub",
      "-q",
      "1",
      "-r",
      "-t",
      "site/a",
      "-m",
      text,
    );
    expect(output).toBe("");
    await until(() => sub.output.includes(text));
    sub.end();
    const late = follow(
      "mosquitto_sub",
      "-h",
      "127.0.0.1",
      "-p",
      String(gateway.port),
      ...login,
      "-i",
      "late",
      "-v",
      "-t",
      "site/#",
    );
    await until(() => late.output.trim() === `site/a ${text}`);
    late.end();
  });

  test("mosquitto_sub is refused another device's topics", async () => {
    const { output } = await run(
      "mosquitto_sub",
      "-h",
      "127.0.0.1",
      "-p",
      String(gateway.port),
      ...login,
      "-q",
      "1",
      "-W",
      "60",
      "-t",
      "gh/meter/down/#",
    );
    expect(output).toMatch(/denied|rejected/i);
  });

  test("Paho for Python publishes and subscribes with QoS 2", async () => {
    const script = join(folder, "client.py");
    await writeFile(script, PAHO);
    const { code, output } = await run(
      "/usr/bin/python3",
      script,
      String(gateway.port),
      "boiler",
      "key of boiler",
    );
    expect([code, output.trim()]).toEqual([0, "got hello with qos 2"]);
    expect(gateway.sink.readings).toHaveLength(1);
  });
});

test("mqtt.js logs in over TLS with a device certificate alone", async () => {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const { certificatePem } = await tls.issueDeviceCertificate({
    deviceId: deviceId(2),
    key: { spki },
    validDays: 1,
  });
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
  const options = { port: tlsPort, ca: tls.authority.certificatePem, reconnectPeriod: 0 };
  const client = await mqtt.connectAsync("mqtts://localhost", { ...options, key, cert: certificatePem });
  await client.publishAsync("gh/meter/up/telemetry", '{"a": 1}', { qos: 1 });
  expect(gateway.sink.readings).toMatchObject([{ deviceId: deviceId(2) }]);
  await client.endAsync();
});

test("a certificate of another authority is refused, whatever password comes with it", async () => {
  const other = join(folder, "other");
  await run(
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    `${other}.key`,
    "-out",
    `${other}.pem`,
    "-days",
    "1",
    "-subj",
    `/CN=${deviceId(2)}`,
    "-addext",
    `subjectAltName=URI:urn:gatehouse:device:${deviceId(2)}`,
  );
  const { readFile } = await import("node:fs/promises");
  await expect(
    mqtt.connectAsync("mqtts://localhost", {
      port: tlsPort,
      ca: tls.authority.certificatePem,
      reconnectPeriod: 0,
      key: await readFile(`${other}.key`),
      cert: await readFile(`${other}.pem`),
      username: "boiler",
      password: "key of boiler",
    }),
  ).rejects.toThrow();
  expect(gateway.codes()).toEqual(["device.credentials_invalid"]);
});

test("sockets of every listener have the marks that keep a slow reader from stalling the others", async () => {
  const client = await mqtt.connectAsync("mqtts://localhost", {
    port: tlsPort,
    ca: tls.authority.certificatePem,
    reconnectPeriod: 0,
    username: "boiler",
    password: "key of boiler",
    clientId: "tls",
  });
  const url = `ws://127.0.0.1:${await gateway.http()}/mqtt`;
  const login = { username: "boiler", password: "key of boiler", reconnectPeriod: 0 };
  const webSocket = await mqtt.connectAsync(url, { ...login, clientId: "ws" });
  await gateway.client("boiler", { clientId: "tcp" });
  const marks = { readBytes: 65_536, writeBytes: 524_288 };
  expect(gateway.marks()).toEqual(["mqtts", "ws", "mqtt"].map((via) => ({ via, ...marks })));
  await Promise.all([client.endAsync(), webSocket.endAsync()]);
});

const PAHO = `
import sys, threading
import paho.mqtt.client as mqtt
port, name, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
done = threading.Event()
client = mqtt.Client(client_id="paho")
client.username_pw_set(name, password)
def on_connect(client, data, flags, rc):
    assert rc == 0, rc
    client.subscribe("site/paho", qos=2)
def on_subscribe(client, data, mid, granted):
    assert granted[0] == 2, granted
    client.publish("gh/boiler/up/telemetry", '{"a": 1}', qos=2).rc
    client.publish("site/paho", "hello", qos=2)
def on_message(client, data, message):
    print("got", message.payload.decode(), "with qos", message.qos)
    done.set()
client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
client.connect("127.0.0.1", port, 30)
client.loop_start()
assert done.wait(20)
client.disconnect()
client.loop_stop()
`;
