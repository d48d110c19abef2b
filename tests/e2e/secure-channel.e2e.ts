import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import {
  type Carrier,
  DeviceChannel,
  enrol,
  httpCarrier,
  type Identity,
  mqttCarrier,
  mqttPassword,
  webSocketCarrier,
} from "@gatehouse/device-client";
import { memoryStore } from "@gatehouse/device-client/testing";
import { CONTENT_TYPES, SUITE_IDS, type SuiteId } from "@gatehouse/secure-channel";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { takePulse } from "../lib/pulse.ts";

// A device with keys of its own against the whole program, by each of its three ways.

let server: Gatehouse;
beforeAll(async () => {
  server = await startGatehouse();
});
afterAll(async () => server?.end());

const NOT_VERIFIED = { unverified: true } as const;
let count = 0;

interface Made {
  readonly deviceId: string;
  readonly identity: Identity;
  readonly apiKey: string;
}

async function addDevice(suite: SuiteId = SUITE_IDS.M1, typeId = "thermometer"): Promise<Made> {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const made = await server.call<{
    device: { id: string };
    key: { apiKey: string };
    claim: { code: string };
  }>("POST", "/api/v1/devices", { name: `sensor-${++count}`, typeId, siteId: items[0]?.id });
  const { identity } = await enrol({
    url: server.url,
    by: { code: made.claim.code },
    suite,
    clock: systemClock,
    random: systemRandom,
  });
  return { deviceId: made.device.id, identity, apiKey: made.key.apiKey };
}

const CARRIERS: Record<string, (identity: Identity) => Carrier> = {
  mqtt: (identity) =>
    mqttCarrier({
      url: `mqtt://127.0.0.1:${server.mqttPort}`,
      clientId: identity.name,
      username: identity.name,
      password: () =>
        mqttPassword({
          url: `mqtt://127.0.0.1:${server.mqttPort}`,
          clientId: identity.name,
          apiKey: identity.apiKey ?? "",
          clock: systemClock,
          random: systemRandom,
        }),
      topics: identity.topics,
      trust: NOT_VERIFIED,
    }),
  websocket: () => webSocketCarrier({ url: server.url, trust: NOT_VERIFIED, clock: systemClock }),
  http: () => httpCarrier({ url: server.url, trust: NOT_VERIFIED }),
};

interface Opened {
  readonly channel: DeviceChannel;
  readonly commands: { id: string; command: string }[];
}

async function openChannel(
  identity: Identity,
  way: string,
  carrier = CARRIERS[way] as (identity: Identity) => Carrier,
): Promise<Opened> {
  const commands: Opened["commands"] = [];
  const connected = Promise.withResolvers<void>();
  const channel = await DeviceChannel.open({
    identity,
    store: memoryStore(),
    carrier,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    events: { connected: () => connected.resolve(), command: (command) => void commands.push(command) },
  });
  channel.start();
  await connected.promise;
  return { channel, commands };
}

const reading = (values: object, ts = Date.now()) => ({
  contentType: CONTENT_TYPES.json,
  payload: json({ ts, values }),
  sentMs: Date.now(),
});

const storedTemperature = (deviceId: string, wanted: number): Promise<unknown> =>
  eventually(
    () => lastValue(deviceId, "temperature"),
    (value) => value === wanted,
  );

async function temperatures(deviceId: string): Promise<unknown[]> {
  const now = Date.now();
  const { items } = await server.call<{ items: { v: number[] }[] }>("POST", "/api/v1/telemetry/history", {
    series: [`${deviceId}:temperature`],
    fromMs: now - 3_600_000,
    toMs: now + 60_000,
    resolution: "raw",
  });
  return items[0]?.v ?? [];
}

async function sendCommand(deviceId: string, on: boolean): Promise<string> {
  const { id } = await server.call<{ id: string }>("POST", `/api/v1/devices/${deviceId}/commands`, {
    key: "set",
    params: { on },
  });
  return id;
}

async function commandStates(deviceId: string): Promise<Record<string, string>> {
  const { items } = await server.call<{ items: { id: string; state: string }[] }>(
    "GET",
    `/api/v1/devices/${deviceId}/commands`,
  );
  return Object.fromEntries(items.map(({ id, state }) => [id, state]));
}

const setPolicy = (requiredTypes: string[]): Promise<unknown> =>
  server.call("PUT", "/api/v1/channel/policy", { suites: [SUITE_IDS.M1, SUITE_IDS.C1], requiredTypes });

/** The same way to the server, with everything that is sent kept aside. */
function spyOn(make: (identity: Identity) => Carrier, identity: Identity, seen: Buffer[]): Carrier {
  const carrier = make(identity);
  return {
    ...carrier,
    async connect(handlers) {
      const wire = await carrier.connect(handlers);
      return {
        ...wire,
        close: () => wire.close(),
        send(envelope) {
          seen.push(Buffer.from(envelope));
          return wire.send(envelope);
        },
      };
    },
  };
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

async function lastValue(deviceId: string, metric: string): Promise<unknown> {
  const { last } = await server.call<{ last: { metric: string; value: unknown }[] }>(
    "GET",
    `/api/v1/devices/${deviceId}`,
  );
  return last.find((value) => value.metric === metric)?.value;
}

async function eventually<T>(ask: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  for (let i = 0; ; i++) {
    const value = await ask();
    if (isRight(value) || i === 2_400) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test.each(["mqtt", "websocket", "http"])("a reading goes up over %s, in both suites", async (way) => {
  for (const suite of [SUITE_IDS.M1, SUITE_IDS.C1]) {
    const { deviceId, identity } = await addDevice(suite);
    const { channel } = await openChannel(identity, way);
    const receipt = await channel.send(reading({ temperature: 21.5 }));
    expect(receipt.result).toBe("stored");
    expect(await storedTemperature(deviceId, 21.5)).toBe(21.5);
    const late = await channel.send({ ...reading({ temperature: 19.25 }, Date.now() + 1), single: true });
    expect(late.result).toBe("stored");
    expect(await storedTemperature(deviceId, 19.25)).toBe(19.25);
    await channel.stop();
  }
});

test.each(["mqtt", "websocket"])(
  "a command comes down over %s inside the session, and is answered in it",
  async (way) => {
    const { deviceId, identity } = await addDevice(SUITE_IDS.M1, "led");
    const waiting = await sendCommand(deviceId, true);
    const { channel, commands } = await openChannel(identity, way);
    const first = await eventually(
      async () => commands[0],
      (command) => command !== undefined,
    );
    expect(first).toMatchObject({ id: waiting, command: "set" });
    const live = await sendCommand(deviceId, false);
    await eventually(
      async () => commands.length,
      (count) => count === 2,
    );
    expect(commands[1]).toMatchObject({ id: live });
    await channel.send({
      contentType: CONTENT_TYPES.command,
      payload: json({ id: live, ok: true }),
      sentMs: Date.now(),
    });
    const states = await eventually(
      () => commandStates(deviceId),
      (found) => found[live] === "acknowledged",
    );
    expect(states).toMatchObject({ [live]: "acknowledged", [waiting]: "delivered" });
    await channel.stop();
  },
);

test("what a device says in the channel is nowhere on the wire", async () => {
  const { deviceId, identity } = await addDevice();
  const seen: Buffer[] = [];
  const spied: Carrier = spyOn(CARRIERS.mqtt as (identity: Identity) => Carrier, identity, seen);
  const { channel } = await openChannel(identity, "mqtt", () => spied);
  await channel.send(reading({ temperature: 23.625 }));
  expect(await storedTemperature(deviceId, 23.625)).toBe(23.625);
  await channel.stop();
  const wire = Buffer.concat(seen).toString("latin1");
  expect(wire.length).toBeGreaterThan(100);
  expect(wire).not.toContain("temperature");
  expect(wire).not.toContain("23.625");
});

test("a device whose type must use the channel is refused without it, and told why in one count", async () => {
  const { deviceId, identity, apiKey } = await addDevice();
  await setPolicy(["thermometer"]);
  try {
    const plain = await fetch(`${server.url}/api/v1/ingest`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ temperature: 1 }),
    });
    expect([plain.status, ((await plain.json()) as { code: string }).code]).toEqual([
      403,
      "channel.required",
    ]);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {
      username: identity.name,
      password: apiKey,
    });
    await client.publishAsync(`gh/${identity.name}/up/telemetry`, '{"temperature": 2}', { qos: 1 });
    await client.endAsync();
    const { channel } = await openChannel(identity, "mqtt");
    await channel.send(reading({ temperature: 3.5 }));
    expect(await storedTemperature(deviceId, 3.5)).toBe(3.5);
    await channel.stop();
    const history = await temperatures(deviceId);
    expect(history).toEqual([3.5]);
  } finally {
    await setPolicy([]);
  }
});

test("a sealed message that was captured is not taken again, also after kill -9 and a restart", async () => {
  const { deviceId, identity } = await addDevice();
  const sent: Buffer[] = [];
  const { channel } = await openChannel(identity, "http", () =>
    spyOn(CARRIERS.http as (identity: Identity) => Carrier, identity, sent),
  );
  await channel.send({ ...reading({ temperature: 31.5 }), single: true });
  await channel.stop();
  const [captured] = sent;
  const post = async (): Promise<unknown> => {
    const reply = await fetch(`${server.url}/api/v1/channel/messages`, {
      method: "POST",
      headers: { "content-type": "application/vnd.gatehouse.sx" },
      body: new Uint8Array(captured as Buffer),
    });
    return ((await reply.json()) as { result?: string }).result;
  };
  expect(await post()).toBe("duplicate");
  await server.kill("SIGKILL");
  await server.restart();
  expect(await post()).toBe("duplicate");
  expect(await temperatures(deviceId)).toEqual([31.5]);
});

test("a key that is revoked ends its session within a second", async () => {
  const { deviceId, identity } = await addDevice();
  await using pulse = takePulse();
  const { channel } = await openChannel(identity, "websocket");
  await channel.send(reading({ temperature: 5 }));
  const revokedMs = Date.now();
  await server.call("DELETE", `/api/v1/devices/${deviceId}/security/keys/${identity.keys.keyId}`);
  const stored = [5];
  for (let value = 5.5; ; value += 0.5) {
    const sentMs = Date.now();
    const receipt = await channel.send(reading({ temperature: value })).catch(() => undefined);
    if (receipt?.result !== "stored") break;
    expect(pulse.msBetween(revokedMs, sentMs)).toBeLessThan(1_000);
    stored.push(value);
  }
  expect(await temperatures(deviceId)).toEqual(stored);
  await channel.stop();
});
