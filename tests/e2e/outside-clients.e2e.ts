import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";

const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const hasPaho = existsSync("/usr/lib/python3/dist-packages/paho");

let server: Gatehouse;
let device: { username: string; password: string; topic: string; deviceId: string };
let caFile: string;

beforeAll(async () => {
  server = await startGatehouse();
  device = (await server.createDevices(1, "thermometer"))[0] as typeof device;
  caFile = join(server.dataDir, "tls", "ca.crt");
});
afterAll(() => server.end());

async function lastTemperature(): Promise<unknown> {
  const { last } = await server.call<{ last: { metric: string; value: unknown }[] }>(
    "GET",
    `/api/v1/devices/${device.deviceId}`,
  );
  return last.find((value) => value.metric === "temperature")?.value;
}

const credentials = (): string[] => ["-u", device.username, "-P", device.password];

test.skipIf(!has("mosquitto_pub"))("mosquitto_pub over TCP: acknowledged means stored", async () => {
  execFileSync("mosquitto_pub", [
    "-h",
    "127.0.0.1",
    "-p",
    String(server.mqttPort),
    ...credentials(),
    "-q",
    "1",
    "-t",
    device.topic,
    "-m",
    '{"temperature": 21.25}',
  ]);
  expect(await lastTemperature()).toBe(21.25);
});

test.skipIf(!has("mosquitto_pub"))(
  "mosquitto_pub over TLS, checking our authority's certificate",
  async () => {
    execFileSync("mosquitto_pub", [
      "-h",
      "localhost",
      "-p",
      String(server.mqttsPort),
      "--cafile",
      caFile,
      ...credentials(),
      "-q",
      "1",
      "-t",
      device.topic,
      "-m",
      '{"temperature": 22.5}',
    ]);
    expect(await lastTemperature()).toBe(22.5);
  },
);

test.skipIf(!has("mosquitto_sub"))(
  "mosquitto_sub receives a command and nothing that is another device's",
  async () => {
    const [led, other] = await Promise.all(["sub-led", "sub-other"].map((name) => makeDevice(name, "led")));
    if (led === undefined || other === undefined) throw new Error("not made");
    const command = await server.call<{ id: string }>("POST", `/api/v1/devices/${led.deviceId}/commands`, {
      key: "set",
      params: { on: true },
    });
    const received = execFileSync(
      "mosquitto_sub",
      [
        "-h",
        "127.0.0.1",
        "-p",
        String(server.mqttPort),
        "-u",
        led.username,
        "-P",
        led.password,
        "-q",
        "1",
        "-C",
        "1",
        "-W",
        "60",
        "-t",
        `gh/${led.username}/down/command`,
      ],
      { encoding: "utf8" },
    );
    expect(JSON.parse(received)).toMatchObject({ id: command.id, command: "set", params: { on: true } });
    const refused = spawnSync(
      "mosquitto_sub",
      [
        "-h",
        "127.0.0.1",
        "-p",
        String(server.mqttPort),
        "-u",
        other.username,
        "-P",
        other.password,
        "-q",
        "1",
        "-C",
        "1",
        "-W",
        "60",
        "-t",
        `gh/${led.username}/down/command`,
      ],
      { encoding: "utf8" },
    );
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(/denied/);
  },
);

test.skipIf(!has("mosquitto_pub"))("a wrong key is refused", () => {
  const { status } = spawnSync("mosquitto_pub", [
    "-h",
    "127.0.0.1",
    "-p",
    String(server.mqttPort),
    "-u",
    device.username,
    "-P",
    "gh_wrong",
    "-q",
    "1",
    "-t",
    device.topic,
    "-m",
    "{}",
  ]);
  expect(status).not.toBe(0);
});

test.skipIf(!hasPaho)("Python's paho client", async () => {
  const script = join(server.dataDir, "publish.py");
  writeFileSync(
    script,
    `import sys, paho.mqtt.client as mqtt
client = mqtt.Client(client_id="paho-client")
client.username_pw_set(sys.argv[2], sys.argv[3])
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_start()
info = client.publish(sys.argv[4], '{"temperature": 23.75}', qos=1)
info.wait_for_publish(60)
client.disconnect()
sys.exit(0 if info.is_published() else 1)
`,
  );
  execFileSync("/usr/bin/python3", [
    script,
    String(server.mqttPort),
    device.username,
    device.password,
    device.topic,
  ]);
  expect(await lastTemperature()).toBe(23.75);
});

test("mqtt.js over TCP and over WebSocket", async () => {
  const urls = [`mqtt://127.0.0.1:${server.mqttPort}`, `${server.url.replace("http", "ws")}/mqtt`];
  for (const [index, url] of urls.entries()) {
    const client = await mqtt.connectAsync(url, {
      username: device.username,
      password: device.password,
      clientId: `js-${index}`,
    });
    await client.publishAsync(device.topic, JSON.stringify({ temperature: 10 + index }), { qos: 1 });
    await client.endAsync();
    expect(await lastTemperature()).toBe(10 + index);
  }
});

test.skipIf(!has("curl"))(
  "curl: one reading, a batch with one bad reading, and the refusal's reason",
  async () => {
    const curl = (body: string) =>
      JSON.parse(
        execFileSync(
          "curl",
          [
            "-sS",
            "-X",
            "POST",
            `${server.url}/api/v1/ingest`,
            "-H",
            `Authorization: Bearer ${device.password}`,
            "-H",
            "Content-Type: application/json",
            "-d",
            body,
          ],
          { encoding: "utf8" },
        ),
      );
    expect(curl('{"values":{"temperature":30.5}}')).toEqual({ accepted: 1, refused: [] });
    expect(await lastTemperature()).toBe(30.5);
    const now = Date.now();
    const batch = curl(
      JSON.stringify({
        readings: [
          { ts: now - 2_000, values: { temperature: 1 } },
          { ts: now - 1_000, values: { temperature: 9_999 } },
        ],
      }),
    );
    expect(batch).toMatchObject({ accepted: 1, refused: [{ index: 1, code: "message.out_of_range" }] });
  },
);

async function makeDevice(name: string, typeId: string) {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const made = await server.call<{ device: { id: string }; key: { apiKey: string } }>(
    "POST",
    "/api/v1/devices",
    { name, typeId, siteId: items[0]?.id },
  );
  return { username: name, password: made.key.apiKey, deviceId: made.device.id };
}
