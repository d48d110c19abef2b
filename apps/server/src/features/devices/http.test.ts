import { existsSync, readFileSync } from "node:fs";
import { silentLogger } from "@gatehouse/base";
import { ROLES } from "@gatehouse/contract";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mount } from "../../platform/http/mount.ts";
import { createHttpServer } from "../../platform/http/server.ts";
import { everywhere, testGates } from "../../platform/http/testing/gates.ts";
import { deviceRoutes } from "./device-routes.ts";
import { operatorRoutes } from "./routes.ts";
import { createTestHouse, type TestHouse } from "./testing/house.ts";

let t: TestHouse;
let app: FastifyInstance;
beforeAll(async () => {
  t = await createTestHouse();
  app = await createHttpServer({
    trustedProxies: [],
    perMinute: 1_000_000,
    maxConnections: 100,
    log: silentLogger,
  });
  const person = {
    kind: "person",
    personId: t.actor.tenantId,
    sessionId: t.actor.tenantId,
    permissions: everywhere(ROLES.owner),
    stepUpMs: Date.now(),
  } as const;
  const gates = testGates({
    person: { authenticate: async () => ({ ...person, ...t.actor }) },
    device: t.house.gate,
    resources: t.house.resources,
  });
  await app.register(async (scope) => {
    mount(scope, [...operatorRoutes(t.house), ...deviceRoutes(t.house)], gates, silentLogger);
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await t[Symbol.asyncDispose]();
});

const call = async (method: InjectOptions["method"], url: string, payload?: object, headers = {}) => {
  const reply = await app.inject({
    method,
    url: `/api/v1${url}`,
    headers,
    ...(payload && { payload }),
  } as InjectOptions);
  return { status: reply.statusCode, body: reply.json(), headers: reply.headers };
};

let made = 0;
async function addDevice(more: object = {}) {
  const input = { name: `d${made++}`, typeId: "led", siteId: t.site.id, ...more };
  const { status, body } = await call("POST", "/devices", input);
  expect(status).toBe(201);
  return body as { device: { id: string; name: string }; key: { apiKey: string }; claim: { code: string } };
}

test("a device is added, claimed, commanded over HTTP and answers", async () => {
  const { device, claim } = await addDevice();
  const claimed = await call("POST", "/devices/claim", { code: claim.code });
  expect(claimed).toMatchObject({
    status: 201,
    body: { deviceId: device.id, topics: { telemetry: `gh/${device.name}/up/telemetry` } },
  });
  const authorization = `Bearer ${claimed.body.apiKey}`;
  const next = call("GET", "/commands/next?waitMs=20000", undefined, { authorization });
  const sent = await call("POST", `/devices/${device.id}/commands`, { key: "set", params: { on: true } });
  expect(sent).toMatchObject({ status: 201, body: { state: "queued" } });
  const { body } = await next;
  expect(body.command).toMatchObject({ id: sent.body.id, key: "set", params: { on: true } });
  const answer = await call("POST", `/commands/${sent.body.id}/answer`, { ok: true }, { authorization });
  expect(answer).toMatchObject({ status: 200, body: { state: "acknowledged" } });
  expect((await call("GET", "/commands/next", undefined, { authorization })).body).toEqual({});
});

test("seed 001's register and logs/send work as it calls them", async () => {
  const { device, claim } = await addDevice();
  const registered = await call("POST", "/devices/register", {
    claim_code: claim.code,
    name: "x",
    type: "y",
  });
  expect(registered).toMatchObject({ status: 201, body: { device_id: device.id } });
  expect(registered.body.security_tag).toMatch(/^[0-9a-f]{4}( [0-9a-f]{4}){7}$/);
  const headers = { "x-api-key": registered.body.api_key };
  const logs = [{ message: "\u001b[31mboot\r\n", level: "warn", ts: 5, data: { "\0": 1 } }];
  expect(await call("POST", "/logs/send", { logs }, headers)).toMatchObject({
    status: 200,
    body: { accepted: 1, refused: 0 },
  });
  const { body } = await call("GET", `/devices/${device.id}/log?kind=log`);
  expect(body.items).toMatchObject([
    { message: "\u001b[31mboot\r\n", level: "warn", tsMs: 5, data: { "\0": 1 } },
  ]);
});

test("the key is taken as bearer, header and Basic password; a wrong one is refused, counted, and told to wait", async () => {
  const { device, key } = await addDevice();
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const ask = async (headers: object) => (await call("GET", "/commands/next", undefined, headers)).status;
  const right = [
    { authorization: `Bearer ${key.apiKey}` },
    { authorization: `bearer ${key.apiKey}` },
    { "x-api-key": key.apiKey },
    basic(`${device.name}:${key.apiKey}`),
    basic(`:${key.apiKey}`),
  ];
  for (const headers of right) expect(await ask(headers)).toBe(200);
  expect(await call("GET", `/devices/${device.id}`)).toMatchObject({
    body: { status: "online", via: "http", address: "127.0.0.1" },
  });
  const wrong = [
    {},
    { authorization: "Bearer x" },
    { authorization: "Basic %%%" },
    basic("nobody"),
    { "x-api-key": "" },
  ];
  for (const headers of wrong) expect(await ask(headers)).toBe(401);
  const answers = [];
  for (let i = 0; i < 40; i++) answers.push(await ask({ authorization: `Bearer guess-${i}` }));
  expect(answers.slice(-10)).toEqual(Array(10).fill(429));
  expect(await ask(right[0] as object)).toBe(200);
  const refused = t.heardOf("message.refused").filter(({ code }) => code === "device.credentials_invalid");
  expect(refused).toHaveLength(45);
  expect((await call("POST", `/devices/${device.id}/revoke`)).body).toMatchObject({ status: "revoked" });
  t.clock.advance(120_000);
  expect(await call("GET", "/commands/next", undefined, right[0])).toMatchObject({
    status: 403,
    body: { code: "device.revoked" },
  });
});

test("a device can log no more than its rate, and learns when to come back", async () => {
  const { key } = await addDevice();
  const headers = { "x-api-key": key.apiKey };
  const logs = Array.from({ length: 300 }, () => ({ message: "x" }));
  expect((await call("POST", "/logs/send", { logs }, headers)).body).toEqual({ accepted: 200, refused: 100 });
  const reply = await call("POST", "/logs/send", { logs }, headers);
  expect([reply.status, reply.body.code, reply.headers["retry-after"]]).toEqual([
    429,
    "message.rate_limited",
    "1",
  ]);
});

test("every route answers in the shape that its contract declares", async () => {
  const { Check } = await import("typebox/value");
  const { devices } = await import("@gatehouse/contract");
  const { device } = await addDevice({ label: "L", tags: ["a", "b"] });
  await call("POST", `/devices/${device.id}/commands`, { key: "set", params: { on: true } });
  t.bus.publish("message.refused", {
    ...{ tenantId: t.actor.tenantId, deviceId: device.id, code: "message.schema" },
    ...{ via: "mqtt", address: "", atMs: t.clock.nowMs() },
  });
  const at = `/devices/${device.id}`;
  const replies = [
    [devices.listSites, await call("GET", "/sites")],
    [devices.listDevices, await call("GET", "/devices?q=d&sort=-lastSeen&limit=5&offset=0&tag=a")],
    [devices.deviceFacets, await call("GET", `/devices/facets?site=${t.site.id}`)],
    [devices.fleet, await call("GET", "/devices/fleet")],
    [devices.getDevice, await call("GET", at)],
    [devices.updateDevice, await call("PATCH", at, { label: "M", tags: [] })],
    [devices.listCredentials, await call("GET", `${at}/credentials`)],
    [
      devices.setDeviceTopics,
      await call("PUT", `${at}/topics`, {
        granted: [{ pattern: "house/#", publish: true, subscribe: false }],
        revision: 0,
      }),
    ],
    [devices.getDeviceTopics, await call("GET", `${at}/topics`)],
    [devices.rotateKey, await call("POST", `${at}/keys`, { overlapSeconds: 5 })],
    [devices.createClaimCode, await call("POST", `${at}/claim-code`, { printed: true })],
    [devices.listCommands, await call("GET", `${at}/commands?limit=1`)],
    [devices.listRefusals, await call("GET", `${at}/refusals`)],
    [devices.listDeviceLog, await call("GET", `${at}/log?limit=2`)],
    [devices.reinstateDevice, await call("POST", `${at}/reinstate`)],
    [devices.deleteDevice, await call("DELETE", at)],
  ] as const;
  for (const [endpoint, { status, body }] of replies)
    expect([endpoint.path, status < 300, Check(endpoint.reply, body)]).toEqual([endpoint.path, true, true]);
});

type Lane = Awaited<ReturnType<typeof addDevice>> & { siteId: string };
const refusal = { status: 400, body: { code: "request.invalid" } };

async function keptOrRefused(url: string, change: object): Promise<void> {
  const reply = await call("PATCH", url, change);
  // "True" and "TRUE" are one name.
  if (reply.status !== 200) expect(["request.invalid", "device.name_taken"]).toContain(reply.body.code);
  else expect(reply.body).toMatchObject(change);
}

async function tryText(text: string, { device, key, siteId }: Lane): Promise<void> {
  const at = `/devices/${device.id}`;
  await keptOrRefused(at, { label: text });
  await keptOrRefused(at, { tags: [text] });
  await keptOrRefused(at, { name: text });
  await keptOrRefused(`/sites/${siteId}`, { name: `${text} of ${siteId}` });
  const zone = await call("PATCH", `/sites/${siteId}`, { timeZone: text });
  if (zone.status !== 200) expect(zone).toMatchObject(refusal);
  // In a query, half a surrogate pair cannot be written.
  const query = encodeURIComponent(text.toWellFormed());
  for (const url of [`/devices?limit=1&q=${query}&tag=${query}`, `${at}/log?limit=1&q=${query}`]) {
    const { status } = await call("GET", url);
    expect([url, text, status === 200 || status === 400]).toEqual([url, text, true]);
  }
  const granted = [{ pattern: text, publish: true, subscribe: true }];
  const topics = await call("PUT", `${at}/topics`, { granted });
  if (topics.status === 200) expect(topics.body.granted).toEqual(granted);
  else expect(["request.invalid", "device.topic_not_grantable"]).toContain(topics.body.code);
  const command = await call("POST", `${at}/commands`, { key: "set", params: { text } });
  if (command.status === 201) expect(command.body.params).toEqual({ text });
  else expect(["request.invalid", "limit.reached"]).toContain(command.body.code);
  t.clock.advance(1_000);
  const line = { message: text, data: { [text]: text } };
  const sent = await call("POST", "/logs/send", { logs: [line] }, { "x-api-key": key.apiKey });
  if (sent.body.accepted === 1)
    expect((await call("GET", `${at}/log?kind=log&limit=1`)).body.items).toMatchObject([line]);
  else if (sent.status === 200) expect(sent.body).toEqual({ accepted: 0, refused: 1 });
  else expect(sent).toMatchObject(refusal);
}

const NAUGHTY = new URL("../../../../../../shared/data/naughty-strings.json", import.meta.url);

test.skipIf(!existsSync(NAUGHTY))(
  "each naughty string in each text field is kept exactly or refused as one clear problem",
  async () => {
    const naughty: string[] = [
      ...JSON.parse(readFileSync(NAUGHTY, "utf8")),
      ...["nul \0", "half \ud83d", "\ude00 half", "\u007f", "a\nb", "x".repeat(5_000)],
    ];
    const lanes = await Promise.all(
      Array.from({ length: 6 }, async (_, lane) => {
        const site = await call("POST", "/sites", { name: `Lane ${lane}`, timeZone: "UTC" });
        return { ...(await addDevice({ typeId: "generic" })), siteId: site.body.id as string };
      }),
    );
    await Promise.all(
      lanes.map(async (lane, first) => {
        for (let i = first; i < naughty.length; i += lanes.length) await tryText(naughty[i] as string, lane);
      }),
    );
    for (const text of naughty.slice(0, 100)) {
      t.clock.advance(3_600_000);
      const { status, body } = await call("POST", "/devices/claim", { code: text });
      expect([400, 403, 429]).toContain(status);
      expect(["request.invalid", "device.claim_invalid", "request.rate_limited"]).toContain(body.code);
    }
  },
  300_000,
);
